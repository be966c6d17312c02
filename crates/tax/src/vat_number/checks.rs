//! The rule of each country, by the letters before the number.
//!
//! Sources: the countries' published rules, as collected by the European Commission's description of VAT numbers. Numbers of persons,
//! which some countries use too, are not judged.

use super::Check;
use super::sums::{alternating, digits, dot, iso_7064_11_10, iso_7064_97_10, luhn, missing, number};

/// Whether a body is right for its country.
pub(super) fn check(prefix: &str, body: &[u8]) -> Check {
    if of_a_person(prefix, body) {
        return Check::CannotTell;
    }
    match passes(prefix, body) {
        None => Check::CannotTell,
        Some(true) => Check::Passes,
        Some(false) => Check::Fails,
    }
}

/// The forms in which persons are numbered, which say nothing about a business.
fn of_a_person(prefix: &str, body: &[u8]) -> bool {
    let all_digits = |from: usize, to: usize| (from..=to).contains(&body.len()) && digits(body).is_some();
    match prefix {
        "BG" => all_digits(10, 10),
        "CZ" => all_digits(9, 10),
        "ES" => match body {
            [first, middle @ .., last] => {
                body.len() == 9
                    && digits(middle).is_some()
                    && (first.is_ascii_digit() || b"XYZ".contains(first))
                    && last.is_ascii_uppercase()
            }
            _ => false,
        },
        "IE" => body.len() == 8 && matches!(body[1], b'+' | b'*'),
        "LV" => all_digits(11, 11) && body[0] < b'4',
        "RO" => all_digits(13, 13),
        _ => false,
    }
}

/// `None`: no rule is known for these letters.
fn passes(prefix: &str, body: &[u8]) -> Option<bool> {
    let whole = |length: usize, rule: fn(&[u32]) -> bool| {
        digits(body).filter(|digits| digits.len() == length).is_some_and(|digits| rule(&digits))
    };
    Some(match prefix {
        "AT" => body.strip_prefix(b"U").and_then(digits).is_some_and(|s| s.len() == 8 && austria(&s)),
        "BE" => whole(10, |s| s[0] <= 1 && (number(&s[..8]) + number(&s[8..])).is_multiple_of(97)),
        "BG" => whole(9, bulgaria),
        "CH" => switzerland(body),
        "CY" => cyprus(body),
        "CZ" => whole(8, |s| {
            let rest = missing(dot(s, &[8, 7, 6, 5, 4, 3, 2]), 11);
            s[0] != 9 && rest.max(1) % 10 == s[7]
        }),
        "DE" => whole(9, |s| s[0] != 0 && iso_7064_11_10(s)),
        "DK" => whole(8, |s| s[0] != 0 && dot(s, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)),
        "EE" => whole(9, |s| dot(s, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)),
        "EL" => whole(9, |s| dot(s, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == s[8]),
        "ES" => spain(body),
        "FI" => whole(8, |s| dot(s, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11)),
        "FR" => france(body),
        "GB" | "XI" => britain(body),
        "HR" => whole(11, iso_7064_11_10),
        "HU" => whole(8, |s| dot(s, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)),
        "IE" => ireland(body),
        "IT" => whole(11, |s| {
            let office = number(&s[7..10]);
            luhn(s) && number(&s[..7]) != 0 && (matches!(office, 1..=100 | 120 | 121 | 888 | 999))
        }),
        "LT" => whole(9, lithuania) || whole(12, lithuania),
        "LU" => whole(8, |s| number(&s[..6]) % 89 == number(&s[6..])),
        "LV" => whole(11, |s| s[0] >= 4 && dot(s, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3),
        "MT" => whole(8, |s| s[0] != 0 && dot(s, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)),
        "NL" => netherlands(body),
        "NO" => {
            let plain = body.strip_suffix(b"MVA").unwrap_or(body);
            digits(plain).is_some_and(|s| s.len() == 9 && missing(dot(&s, &[3, 2, 7, 6, 5, 4, 3, 2]), 11) == s[8])
        }
        "PL" => whole(10, |s| dot(s, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == s[9]),
        "PT" => whole(9, |s| s[0] != 0 && missing(dot(s, &[9, 8, 7, 6, 5, 4, 3, 2]), 11) % 10 == s[8]),
        "RO" => romania(body),
        "SE" => whole(12, |s| s[10..] == [0, 1] && luhn(&s[..10])),
        "SI" => whole(8, |s| {
            let rest = 11 - dot(s, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            s[0] != 0 && rest != 11 && rest % 10 == s[7]
        }),
        "SK" => whole(10, |s| s[0] != 0 && [2, 3, 4, 7, 8, 9].contains(&s[2]) && number(s).is_multiple_of(11)),
        _ => return None,
    })
}

fn austria(s: &[u32]) -> bool {
    missing(alternating(&s[..7]) + 4, 10) == s[7]
}

fn bulgaria(s: &[u32]) -> bool {
    let first = dot(s, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    let rest = if first == 10 { dot(s, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 } else { first };
    rest % 10 == s[8]
}

fn switzerland(body: &[u8]) -> bool {
    let Some(rest) = body.strip_prefix(b"CHE") else { return false };
    let plain = [&b"MWST"[..], b"TVA", b"IVA"].iter().find_map(|end| rest.strip_suffix(*end)).unwrap_or(rest);
    digits(plain).is_some_and(|s| s.len() == 9 && missing(dot(&s, &[5, 4, 3, 2, 7, 6, 5, 4]), 11) == s[8])
}

fn cyprus(body: &[u8]) -> bool {
    /// What a digit in an odd place counts.
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((last, front)) = body.split_last() else { return false };
    let Some(s) = digits(front).filter(|s| s.len() == 8) else { return false };
    let odd: u32 = s.iter().step_by(2).map(|digit| ODD[*digit as usize]).sum();
    let even: u32 = s.iter().skip(1).step_by(2).sum();
    !front.starts_with(b"12") && letter(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", (odd + even) % 26) == *last
}

fn spain(body: &[u8]) -> bool {
    let [kind, middle @ .., last] = body else { return false };
    let Some(s) = digits(middle).filter(|s| s.len() == 7) else { return false };
    if b"KLM".contains(kind) {
        let rest = u32::try_from(number(&s) % 23).unwrap_or(0);
        return letter(b"TRWAGMYFPDXBNJZSQVHLCKE", rest) == *last;
    }
    // the first digit counts double, then every second
    let sum: u32 = s.iter().skip(1).step_by(2).sum::<u32>()
        + s.iter().step_by(2).map(|digit| digit / 5 + digit * 2 % 10).sum::<u32>();
    let rest = missing(sum, 10);
    b"ABCDEFGHJNPQRSUVW".contains(kind)
        && (letter(b"0123456789", rest) == *last || letter(b"JABCDEFGHI", rest) == *last)
}

fn france(body: &[u8]) -> bool {
    const KEY: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let [a, b, siren @ ..] = body else { return false };
    let Some(s) = digits(siren).filter(|s| s.len() == 9) else { return false };
    // Monaco's numbers begin with 000 and have no check of their own
    if s[..3] != [0, 0, 0] && !luhn(&s) {
        return false;
    }
    if let Some(key) = digits(&[*a, *b]) {
        return number(&key) == (number(&s) * 100 + 12) % 97;
    }
    let at = |byte: &u8| KEY.iter().position(|known| known == byte);
    let (Some(first), Some(second)) = (at(a), at(b)) else { return false };
    let key = if a.is_ascii_digit() { first * 24 + second } else { first * 34 + second };
    let Some(key) = key.checked_sub(if a.is_ascii_digit() { 10 } else { 100 }).and_then(|key| u64::try_from(key).ok())
    else {
        return false;
    };
    (number(&s) + 1 + key / 11) % 11 == key % 11
}

fn britain(body: &[u8]) -> bool {
    for (kind, health) in [(&b"GD"[..], false), (b"HA", true)] {
        if let Some(rest) = body.strip_prefix(kind) {
            return digits(rest).is_some_and(|s| s.len() == 3 && (number(&s) >= 500) == health);
        }
    }
    let Some(s) = digits(body).filter(|s| s.len() == 9 || s.len() == 12) else { return false };
    let rest = dot(&s, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    rest == 0 || (number(&s[..3]) >= 100 && (rest == 42 || rest == 55))
}

fn ireland(body: &[u8]) -> bool {
    const KEY: &[u8] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let value = |byte: u8| KEY.iter().position(|known| *known == byte).and_then(|at| u32::try_from(at).ok());
    let [first, second, ..] = body else { return false };
    let (front, extra): (alloc::vec::Vec<u8>, &[u8]) = if second.is_ascii_digit() {
        if !(8..=9).contains(&body.len()) {
            return false;
        }
        (body[..7].to_vec(), &body[8..])
    } else {
        // the form before 2013: a letter in the second place, and the first digit counts as the last
        if body.len() != 8 || !second.is_ascii_uppercase() {
            return false;
        }
        (core::iter::once(b'0').chain(body[2..7].iter().copied()).chain([*first]).collect(), &[])
    };
    let Some(s) = digits(&front).filter(|s| s.len() == 7) else { return false };
    let more = match extra {
        [] => 0,
        [byte] if (b'A'..=b'I').contains(byte) || *byte == b'W' => value(*byte).unwrap_or(0) * 9,
        _ => return false,
    };
    value(body[7]) == Some((dot(&s, &[8, 7, 6, 5, 4, 3, 2]) + more) % 23)
}

fn lithuania(s: &[u32]) -> bool {
    let end = s.len() - 1;
    let sum =
        |shift: u32| -> u32 { s[..end].iter().zip(0u32..).map(|(digit, at)| digit * (1 + (at + shift) % 9)).sum() };
    let first = sum(0) % 11;
    let rest = if first == 10 { sum(2) % 11 } else { first };
    s[end - 1] == 1 && rest % 10 == s[end]
}

fn netherlands(body: &[u8]) -> bool {
    let (Some(front), Some(back)) = (body.get(..9).and_then(digits), body.get(10..).and_then(digits)) else {
        return false;
    };
    if body[9] != b'B' || back.len() != 2 || number(&front) == 0 || number(&back) == 0 {
        return false;
    }
    let old = dot(&front, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == front[8] % 11;
    old || iso_7064_97_10(b"NL".iter().chain(body).copied())
}

fn romania(body: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let Some(s) = digits(body).filter(|s| (2..=10).contains(&s.len())) else { return false };
    let Some((last, front)) = s.split_last() else { return false };
    s[0] != 0 && dot(front, &WEIGHTS[9 - front.len()..]) * 10 % 11 % 10 == *last
}

/// The letter in a place of a row; 0 where there is none.
fn letter(row: &[u8], at: u32) -> u8 {
    usize::try_from(at).ok().and_then(|at| row.get(at)).copied().unwrap_or(0)
}
