//! What a scalar stands for. Kubernetes reads YAML 1.1 by way of go-yaml, and these are its rules, where they
//! differ from YAML 1.2 too: `yes` is true, `0777` is 511, `12:30:45` and dates stay text.

/// What a scalar stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Resolved<'a> {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number, however it is written.
    Int(i128),
    /// A number with a fraction or an exponent, or one too large for any integer.
    Float(f64),
    /// A text.
    Str(&'a str),
}

/// Resolves a scalar that has neither quotes nor a tag.
pub(super) fn resolve(text: &str) -> Resolved<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            return Resolved::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Resolved::Str(text);
    }
    let digits = text.replace('_', "");
    if let Some(number) = integer(&digits) {
        return Resolved::Int(number);
    }
    if is_float(&digits)
        && let Ok(number) = digits.parse::<f64>()
        && number.is_finite()
    {
        return Resolved::Float(number);
    }
    Resolved::Str(text)
}

/// Resolves a scalar that says its type. A tag that is not one of YAML's own makes a text, as go-yaml has it.
pub(super) fn resolve_tagged<'a>(tag: &str, text: &'a str) -> Resolved<'a> {
    match (core_type(tag), resolve(text)) {
        (Some("null"), Resolved::Null) => Resolved::Null,
        (Some("bool"), Resolved::Bool(value)) => Resolved::Bool(value),
        (Some("int"), Resolved::Int(value)) => Resolved::Int(value),
        (Some("float"), Resolved::Float(value)) => Resolved::Float(value),
        (Some("float"), Resolved::Int(value)) => Resolved::Float(value as f64),
        _ => Resolved::Str(text),
    }
}

/// The name of a type of YAML's own, out of its full tag.
pub(super) fn core_type(tag: &str) -> Option<&str> {
    tag.strip_prefix("tag:yaml.org,2002:")
}

/// A whole number: decimal, `0x`, `0b`, `0o`, or octal by its leading zero.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let radix = |lower: &str, upper: &str| digits.strip_prefix(lower).or_else(|| digits.strip_prefix(upper));
    let (digits, radix) = if let Some(rest) = radix("0x", "0X") {
        (rest, 16)
    } else if let Some(rest) = radix("0b", "0B") {
        (rest, 2)
    } else if let Some(rest) = radix("0o", "0O") {
        (rest, 8)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (digits, 8)
    } else {
        (digits, 10)
    };
    // Rust's parser would take a second sign.
    let number = digits
        .starts_with(|c: char| c.is_digit(radix))
        .then(|| i128::from_str_radix(digits, radix).ok())??;
    Some(if negative { -number } else { number })
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let unsigned = |text: &'_ str| text.strip_prefix(['-', '+']).map_or(text.len(), str::len);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let text = &text[text.len() - unsigned(text)..];
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(&exponent[exponent.len() - unsigned(exponent)..])),
        None => (text, None),
    };
    let good_mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => digits(mantissa) && !mantissa.is_empty(),
    };
    good_mantissa && exponent.is_none_or(|exponent| digits(exponent) && !exponent.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_resolve_as_kubernetes_reads_them() {
        use Resolved::{Bool, Float, Int, Null};
        for (text, resolved) in [
            ("", Null),
            ("~", Null),
            ("Null", Null),
            ("yes", Bool(true)),
            ("On", Bool(true)),
            ("y", Bool(true)),
            ("no", Bool(false)),
            ("OFF", Bool(false)),
            ("0", Int(0)),
            ("-5", Int(-5)),
            ("+5", Int(5)),
            ("010", Int(8)),
            ("0777", Int(511)),
            ("-0777", Int(-511)),
            ("0o17", Int(15)),
            ("0x1F", Int(31)),
            ("-0b101", Int(-5)),
            ("1_000", Int(1000)),
            ("18446744073709551616", Int(18_446_744_073_709_551_616)),
            ("089", Float(89.0)),
            ("1e3", Float(1000.0)),
            ("1.50", Float(1.5)),
            ("1.", Float(1.0)),
            (".5", Float(0.5)),
            ("-.5e-1", Float(-0.05)),
            ("-.inf", Float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(resolve(text), resolved, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_stays_text() {
        for text in [
            "12:30:45",
            "190:20:30",
            "2025-08-06",
            "2001-12-14t21:59:43.10-05:00",
            "1.2.3.4",
            "10.0.0.0/24",
            "0c:20:12:ff:00:00",
            "E1/4",
            "-",
            "+",
            ".",
            "e",
            "1e",
            "1e+",
            "--5",
            "-+5",
            "+-5",
            "0x",
            "0xg",
            "0o8",
            "_1",
            "1-2",
            "inf",
            "nan",
            "1e999",
            "yES",
            "nULL",
            "True ",
            "½",
            "٣",
        ] {
            assert_eq!(resolve(text), Resolved::Str(text), "{text}");
        }
    }

    #[test]
    fn a_tag_has_the_last_word() {
        let full = |name: &str| format!("tag:yaml.org,2002:{name}");
        for (tag, text, resolved) in [
            (full("str"), "1", Resolved::Str("1")),
            (full("int"), "0x10", Resolved::Int(16)),
            (full("float"), "1", Resolved::Float(1.0)),
            (full("bool"), "yes", Resolved::Bool(true)),
            (full("int"), "one", Resolved::Str("one")),
            ("!own".to_owned(), "1", Resolved::Str("1")),
            ("!".to_owned(), "1", Resolved::Str("1")),
        ] {
            assert_eq!(resolve_tagged(&tag, text), resolved, "{tag} {text}");
        }
    }
}
