//! Names in the manners of each language.

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for letter in name.chars() {
        let begins = !letter.is_ascii_alphanumeric() || (letter.is_ascii_uppercase() && !last.is_ascii_uppercase());
        if begins || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_ascii_alphanumeric()) {
            word.push(letter.to_ascii_lowercase());
        }
        last = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `ThisName`.
pub(crate) fn pascal(name: &str) -> String {
    let capital = |word: &String| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    };
    words(name).iter().map(capital).collect()
}

/// `thisName`.
pub(crate) fn camel(name: &str) -> String {
    let whole = pascal(name);
    let (first, rest) = whole.split_at(whole.len().min(1));
    first.to_lowercase() + rest
}

/// `this_name`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// Lines of a text, each after a mark, cut where they are too long.
pub(crate) fn lines(text: &str, mark: &str, width: usize) -> String {
    let mut out = String::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && mark.len() + line.len() + word.len() + 1 > width {
                out.extend([mark, &line, "\n"]);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        let last = mark.to_owned() + &line;
        out.extend([last.trim_end(), "\n"]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_the_manners_of_a_language() {
        assert_eq!(
            (pascal("very.large"), camel("list_customers"), snake("PageOfAlert")),
            ("VeryLarge".into(), "listCustomers".into(), "page_of_alert".into())
        );
        assert_eq!(lines("one two three", "// ", 11), "// one two\n// three\n");
    }
}
