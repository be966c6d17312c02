//! The clock of a test environment, on a disk, with as many customers as somebody tries things with.

use calendar::Zone;
use contracts::Customer;
use engine::{Actor, Environment, NewSubscription, NewTenant, Platform, Settings};
use std::time::Instant as Moment;
use stdx::Key;

fn key(text: &str) -> Key {
    text.try_into().expect("a key")
}

#[test]
fn two_years_of_a_hundred_monthly_subscriptions_are_billed_month_by_month() {
    let folder = tempfile::tempdir().expect("a folder");
    let platform = Platform::open(folder.path(), Settings::default()).expect("opens");
    let new = NewTenant { key: key("sandbox"), name: String::new(), environment: Environment::Test };
    platform.add_tenant(new, &Actor::program()).expect("added");
    let engine = platform.engine(&key("sandbox")).expect("an engine");
    let pricing = "plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30 } } } }";
    engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
    for number in 0..100 {
        let customer = Customer::new(key(&format!("c{number}")), String::new(), Zone::utc());
        let customer = engine.add_customer(customer).expect("added");
        engine.subscribe(NewSubscription::to(customer.key, key("p"))).expect("subscribed");
    }
    let start = engine.now();
    let later = start.plus_micros(730 * 86_400_000_000).expect("two years later");
    let began = Moment::now();
    let run = engine.set_clock(later).expect("set");
    let taken = began.elapsed();
    println!("{} invoices in {taken:?}", run.issued.len());
    // in arrears: the last month of the two years may be due or not, as the months are long
    assert!([2300, 2400].contains(&run.issued.len()), "{}", run.issued.len());
    let mut days: Vec<String> = run.issued.iter().map(|invoice| invoice.on.to_string()).collect();
    days.dedup();
    assert_eq!(days.len() * 100, run.issued.len(), "each on its day, one month after the other: {days:?}");
}
