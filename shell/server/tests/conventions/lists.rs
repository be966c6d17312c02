//! Every list, and what answers refer to: from the document, over one of everything.

use super::{Api, writes};
use axum::body::Body;
use axum::http::Request;
use engine::Platform;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A list of the document, as it is asked for.
struct List {
    id: String,
    path: String,
    parameters: Vec<Value>,
}

impl List {
    /// Parameters of the query, without those that every list has.
    fn filters(&self) -> impl Iterator<Item = (&str, &Value)> {
        let of_query = self.parameters.iter().filter(|one| one["in"] == "query");
        let named = of_query.filter_map(|one| Some((one["name"].as_str()?, &one["schema"])));
        named.filter(|(name, _)| !["limit", "after", "sort", "expand", "from", "to"].contains(name))
    }

    fn schema(&self, name: &str) -> Option<&Value> {
        self.parameters.iter().find(|one| one["name"] == name && one["in"] == "query").map(|one| &one["schema"])
    }

    fn sorts(&self) -> Vec<&str> {
        let words = self.schema("sort").and_then(|schema| schema["enum"].as_array());
        words.unwrap_or_else(|| panic!("{} has no order", self.id)).iter().filter_map(Value::as_str).collect()
    }

    /// Where an item of the list says what a parameter is about.
    fn pointer(&self, name: &str) -> String {
        match (self.id.as_str(), name) {
            ("list_events", "subject" | "name" | "at") => format!("/event/{name}"),
            ("list_audit", "kind") => "/object/kind".into(),
            ("list_audit", "object") => "/object/id".into(),
            ("list_audit", "actor") => "/actor/id".into(),
            ("list_emails", "recipient") => "/to".into(),
            ("list_subscriptions", "started_at") => "/changes/0/effective_at".into(),
            ("list_journal", "account") => "/postings/0/account".into(),
            (_, name) => format!("/{name}"),
        }
    }

    /// By what its range of time counts.
    fn time(&self) -> String {
        let words = self.sorts();
        let time =
            words.iter().find(|word| word.ends_with("_at") && **word != "next_at" || ["at", "on"].contains(*word));
        (*time.unwrap_or_else(|| panic!("{} has a range and no time", self.id))).to_owned()
    }
}

fn is_page(operation: &Value) -> bool {
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    let reference = schema["$ref"].as_str().or(schema["anyOf"][0]["$ref"].as_str());
    reference.is_some_and(|reference| reference.contains("/PageOf"))
}

fn lists() -> Vec<List> {
    let paths = server::openapi()["paths"].as_object().expect("paths");
    let gets = paths.iter().filter_map(|(path, item)| Some((path, item.get("get")?)));
    gets.filter(|(_, operation)| is_page(operation))
        .map(|(path, operation)| List {
            id: operation["operationId"].as_str().expect("an id").to_owned(),
            path: path.clone(),
            parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
        })
        .collect()
}

/// The words of a parameter that takes some alone.
fn words(schema: &Value) -> Vec<String> {
    let mut schema = schema.get("anyOf").map_or(schema, |either| &either[0]);
    if let Some(reference) = schema["$ref"].as_str() {
        schema = server::openapi().pointer(reference.trim_start_matches('#')).expect("a schema");
    }
    let named = schema["enum"].as_array().into_iter().flatten().cloned();
    let cases = schema["oneOf"].as_array().into_iter().flatten().map(|case| case["const"].clone());
    named.chain(cases).filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

#[test]
fn every_list_is_asked_for_in_the_same_way() {
    let found = lists();
    assert!(found.len() >= 20, "{}", found.len());
    for list in &found {
        for name in ["limit", "after", "sort"] {
            assert!(list.schema(name).is_some(), "{} has no {name}", list.id);
        }
        assert!(list.sorts().contains(&list.schema("sort").expect("an order")["default"].as_str().expect("a default")));
        assert_eq!(list.schema("from").is_some(), list.schema("to").is_some(), "{}", list.id);
    }
    // reports are not lists of objects: each is computed as a whole
    let reports = ["list_quarantine_reasons", "list_unmatched_usage", "list_unpaid_usage"];
    let paths = server::openapi()["paths"].as_object().expect("paths");
    for operation in paths.values().filter_map(|item| item.get("get")) {
        let id = operation["operationId"].as_str().expect("an id");
        assert_eq!(is_page(operation), id.starts_with("list_") && !reports.contains(&id), "{id}");
    }
}

impl Api {
    /// Everything that can be in a list, and as much of it as one write of each kind makes.
    fn furnished() -> Self {
        let api = Self::new();
        // before something needs a second person, as this does then
        let provider = json!({
            "key": "again", "issuer": "https://accounts.example.com", "client_id": "c", "client_secret": "s",
            "redirects": ["https://billing.example.com/back"]
        });
        api.post("/v1/identity-providers", &provider).ok();
        for (_, path, media, body) in writes(&api) {
            let request = Request::post(path);
            let request = if media.is_empty() { request } else { request.header("content-type", media) };
            api.send(request.body(Body::from(body)).expect("a request"));
        }
        api.post(
            "/v1/entities/abroad",
            &json!({ "key": "abroad", "name": "Abroad", "series": { "invoices": "A", "credit_notes": "AC" } }),
        )
        .ok();
        api.post("/v1/customers", &json!({ "key": "far", "name": "Far", "entity": "abroad" })).ok();
        let (alert, call) = (
            json!({ "name": "first", "customer": "bolt", "on": { "usage": { "meter": "calls" } }, "limit": { "absolute": { "at": ["1"] } }, "recipients": ["ann@example.com", "bob@example.com"] }),
            json!({ "source": "s", "id": "alerted", "type": "call", "subject": "bolt", "time": "2026-04-16T00:00:00Z" }),
        );
        api.post("/v1/events", &call).ok();
        api.post("/v1/alerts", &alert).ok();
        let engine = api.platform.engine(&Platform::default_tenant()).expect("an engine");
        engine.look_at_alerts().expect("looked");
        engine.hand_on_messages().expect("handed on");
        api
    }

    pub(super) fn items(&self, path: &str, query: &[(&str, &str)]) -> (Vec<Value>, Option<String>) {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let answer = self.get(&format!("{path}?{query}"), &[]);
        assert_eq!(answer.status, 200, "{path}?{query}: {:?}", answer.body);
        let items = answer.body["items"].as_array().expect("items").clone();
        (items, answer.body["next"].as_str().map(str::to_owned))
    }

    /// The addresses of a list: one for each object that has one.
    fn places(&self, list: &List) -> Vec<String> {
        let Some((parent, rest)) = list.path.split_once("/{") else { return vec![list.path.clone()] };
        let (name, rest) = rest.split_once('}').expect("a name");
        let (parents, _) = self.items(parent, &[("limit", "500")]);
        parents.iter().map(|one| format!("{parent}/{}{rest}", one[name].as_str().expect("a name"))).collect()
    }

    /// The whole, read one by one; whether a place of it is refused by a list in another order.
    fn one_by_one(&self, path: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let (mut seen, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut query = query.to_vec();
            query.push(("limit", "1"));
            query.extend(after.as_deref().map(|after| ("after", after)));
            let (items, next) = self.items(path, &query);
            assert!(items.len() <= 1);
            seen.extend(items);
            match next {
                Some(next) => after = Some(next),
                None => return seen,
            }
        }
    }
}

fn sorted_text(items: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = items.iter().map(Value::to_string).collect();
    texts.sort();
    texts
}

/// Each order: the same items, in that order, also one by one; and no place is taken by another order.
fn check_orders(api: &Api, list: &List, path: &str, whole: &[Value]) {
    let mut next_of = BTreeMap::new();
    for sort in list.sorts() {
        let (items, _) = api.items(path, &[("sort", sort), ("limit", "500")]);
        assert_eq!(sorted_text(&items), sorted_text(whole), "{path} by {sort}");
        assert_eq!(api.one_by_one(path, &[("sort", sort)]), items, "{path} by {sort}");
        let pointer = list.pointer(sort.trim_start_matches('-'));
        let found: Vec<&Value> = items.iter().filter_map(|item| item.pointer(&pointer)).collect();
        for pair in found.windows(2) {
            let (first, second) = if sort.starts_with('-') { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
            let is_right = match (first.as_i64(), second.as_i64()) {
                (Some(first), Some(second)) => first <= second,
                _ => first.as_str() <= second.as_str(),
            };
            assert!(is_right, "{path} by {sort}: {first} before {second}");
        }
        assert!(found.len() == items.len() || list.id == "list_quarantine", "{path}: no {sort} in {items:?}");
        if let (_, Some(next)) = api.items(path, &[("sort", sort), ("limit", "1")]) {
            next_of.insert(sort, next);
        }
    }
    for (sort, next) in &next_of {
        for other in list.sorts().into_iter().filter(|other| other != sort) {
            let refused = api.get(&format!("{path}?sort={other}&after={next}"), &[]);
            assert_eq!((refused.status, refused.code()), (422, "place_of_another_list"), "{path} by {other}");
        }
    }
}

/// Each filter: those items that it names, and no others. Those by which something was found are noted.
fn check_filters(api: &Api, list: &List, path: &str, whole: &[Value], used: &mut BTreeSet<String>) {
    for (name, schema) in list.filters() {
        let (pointer, words) = (list.pointer(name), words(schema));
        let told = |item: &Value| item.pointer(&pointer).and_then(Value::as_str).map(str::to_owned);
        let is_told = whole.iter().all(|item| told(item).is_some());
        let values: BTreeSet<String> =
            if words.is_empty() { whole.iter().filter_map(&told).collect() } else { words.iter().cloned().collect() };
        let mut all = Vec::new();
        for value in &values {
            let (items, _) = api.items(path, &[(name, value), ("limit", "500")]);
            assert_eq!(api.one_by_one(path, &[(name, value)]), items, "{path} with {name}={value}");
            if list.id == "list_journal" && name == "account" {
                let has = |item: &Value| item["postings"].to_string().contains(&format!("\"{value}\""));
                assert_eq!(items, whole.iter().filter(|item| has(item)).cloned().collect::<Vec<_>>(), "{value}");
            } else if words.is_empty() || is_told {
                let wanted: Vec<Value> =
                    whole.iter().filter(|item| told(item).as_ref() == Some(value)).cloned().collect();
                assert_eq!(items, wanted, "{path} with {name}={value}");
            }
            if !items.is_empty() {
                used.insert(format!("{}?{name}", list.id));
            }
            all.extend(items);
        }
        if !words.is_empty() {
            assert_eq!(sorted_text(&all), sorted_text(whole), "each item stands somewhere, once: {path} by {name}");
        }
    }
}

/// The range of time, half-open: what is before a time and what is from it on are together the whole.
fn check_range(api: &Api, list: &List, path: &str, whole: &[Value], used: &mut BTreeSet<String>) {
    if list.schema("from").is_none() {
        return;
    }
    let pointer = list.pointer(&list.time());
    let time = |item: &Value| item.pointer(&pointer).and_then(Value::as_str).expect("a time").to_owned();
    for item in whole {
        let at = time(item);
        let (from, _) = api.items(path, &[("from", &at), ("limit", "500")]);
        let (before, _) = api.items(path, &[("to", &at), ("limit", "500")]);
        let is_from = |item: &&Value| time(item) >= at;
        assert_eq!(from, whole.iter().filter(is_from).cloned().collect::<Vec<_>>(), "{path} from {at}");
        assert_eq!(before, whole.iter().filter(|item| !is_from(item)).cloned().collect::<Vec<_>>(), "{path} to {at}");
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs([("from", &at), ("to", &at)]).finish();
        let empty = api.get(&format!("{path}?{query}"), &[]);
        assert_eq!((empty.status, empty.code()), (422, "invalid_period"), "{path}");
        used.insert(format!("{}?from", list.id));
    }
}

#[test]
fn every_list_is_sorted_and_narrowed_as_it_says_and_its_parts_are_the_whole() {
    let api = Api::furnished();
    let (mut used, mut declared) = (BTreeSet::new(), BTreeSet::new());
    for list in lists() {
        declared.extend(list.filters().map(|(name, _)| format!("{}?{name}", list.id)));
        declared.extend(list.schema("from").map(|_| format!("{}?from", list.id)));
        for path in api.places(&list) {
            let (whole, next) = api.items(&path, &[("limit", "500")]);
            assert_eq!(next, None, "{path}");
            check_orders(&api, &list, &path, &whole);
            check_filters(&api, &list, &path, &whole, &mut used);
            check_range(&api, &list, &path, &whole, &mut used);
            let wrong = api.get(&format!("{path}?sort=none"), &[]);
            assert_eq!((wrong.status, wrong.code()), (422, "unknown_sort"), "{path}");
        }
    }
    let unused: Vec<&String> = declared.difference(&used).collect();
    assert!(unused.is_empty(), "nothing was found by {unused:?}");
}

#[test]
fn what_an_answer_refers_to_is_told_with_it_once() {
    let api = Api::furnished();
    let invoices = api.get("/v1/invoices?expand=customer,price,subscription,entity&limit=500", &[]).ok();
    let expanded = &invoices.body["expanded"];
    for invoice in invoices.body["items"].as_array().expect("items") {
        let customer = invoice["customer"].as_str().expect("a key");
        assert_eq!(expanded["customers"][customer], api.get(&format!("/v1/customers/{customer}"), &[]).body);
        let entity = invoice["entity"].as_str().expect("a key");
        assert_eq!(expanded["entities"][entity], api.get(&format!("/v1/entities/{entity}"), &[]).body);
        for line in invoice["lines"].as_array().expect("lines") {
            let key = line["key"]["subscription"].as_str().expect("a key");
            // a line of a charge, or one that a person added, is of no subscription
            let subscription = api.get(&format!("/v1/subscriptions/{key}"), &[]);
            let told = if subscription.status == 200 { subscription.body } else { Value::Null };
            assert_eq!(expanded["subscriptions"][key], told);
            let price = &line["key"]["price"];
            let name = format!(
                "{}@{}.{}",
                price["plan"].as_str().expect("text"),
                price["version"],
                price["price"].as_str().expect("text")
            );
            assert!(expanded["prices"][&name].is_object(), "{name} is not in {expanded}");
        }
    }
    let without = api.get("/v1/invoices?limit=500", &[]).ok();
    assert_eq!((&without.body["items"], &without.body["expanded"]), (&invoices.body["items"], &Value::Null));
    let plans = api.get("/v1/subscriptions/acme?expand=plan", &[]).ok();
    assert_eq!(plans.body["expanded"]["plans"]["basic@1"]["prices"]["fee"]["flat"], "30");
    // a tag is that of the answer with what is told besides
    let plain = api.get("/v1/subscriptions/acme", &[]).ok();
    assert_ne!(plans.tag(), plain.tag());
    assert_eq!(api.get("/v1/subscriptions/acme?expand=plan", &[("if-none-match", plans.tag())]).status, 304);
    let wrong = api.get("/v1/invoices?expand=custmer", &[]);
    assert_eq!((wrong.status, wrong.code()), (422, "unknown_expand"));
    let mend = wrong.body["mend"].as_str().expect("how to mend it");
    assert!(
        mend.contains("did you mean `customer`?") && mend.contains("customer, entity, price, subscription"),
        "{mend}"
    );
    assert_eq!(api.get("/v1/jobs?expand=customer", &[]).code(), "unknown_parameter");
    assert_eq!(api.get("/v1/invoices?expand=customer&expand=price", &[]).code(), "repeated_parameter");
}

#[test]
fn every_route_that_refers_to_something_tells_it_where_it_is_asked_to() {
    let api = Api::furnished();
    let paths = server::openapi()["paths"].as_object().expect("paths");
    let mut told = BTreeSet::new();
    for (path, operation) in paths.iter().filter_map(|(path, item)| Some((path, item.get("get")?))) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let Some(expand) = parameters.iter().find(|one| one["name"] == "expand") else { continue };
        let id = operation["operationId"].as_str().expect("an id").to_owned();
        let names: Vec<&str> =
            expand["schema"]["items"]["enum"].as_array().expect("names").iter().filter_map(Value::as_str).collect();
        let more = if id == "get_usage" { "&meter=calls&from=2026-01-01&to=2027-01-01" } else { "" };
        let path = path.replace("{source}/{id}", "{id}");
        let list = List { id: id.clone(), path, parameters: parameters.clone() };
        let places = match id.as_str() {
            "get_event" => vec!["/v1/events/s/1".to_owned()],
            "get_usage_to_date" => vec!["/v1/customers/bolt/usage".to_owned()],
            _ => api.places(&list),
        };
        for place in places {
            let answer = api.get(&format!("{place}?expand={}{more}", names.join(",")), &[]).ok();
            let found = answer.body["expanded"].as_object().unwrap_or_else(|| panic!("{id}: {:?}", answer.body));
            assert_eq!(found.len(), names.len(), "{id}: each name that was asked for is there: {found:?}");
            let known = found.iter().filter(|(_, of)| of.as_object().is_some_and(|of| !of.is_empty()));
            told.extend(known.map(|(kind, _)| format!("{id}: {kind}")));
        }
    }
    for expected in [
        "list_invoices: customers",
        "list_subscriptions: plans",
        "list_journal: customers",
        "list_alerts: customers",
        "list_crossings: alerts",
        "list_deliveries: customers",
        "list_events: customers",
        "get_event: customers",
        "get_usage: customers",
        "get_usage_to_date: subscriptions",
        "list_tokens: customers",
        "list_customers: entities",
        "list_charges: customers",
        "list_redemptions: customers",
        "get_invoice: prices",
    ] {
        assert!(told.contains(expected), "{expected} is not in {told:?}");
    }
}
