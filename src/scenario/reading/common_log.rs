//! Lines of web servers in Common Log Format, and in Combined Log Format, which has two more fields.

/// The names of the fields.
pub const NAMES: [&str; 9] = [
    "host",
    "identity",
    "user",
    "time",
    "request",
    "status",
    "bytes",
    "referer",
    "userAgent",
];

/// Gives the fields of a line to `field`, without the brackets and quotes around them. Fields are separated by
/// blanks; one in brackets or quotes may hold blanks, and one in quotes may hold `\"`.
pub fn fields(line: &[u8], mut field: impl FnMut(&[u8])) {
    let mut rest = line.trim_ascii();
    while let Some(first) = rest.first() {
        let (content, after) = match first {
            b'[' => until(&rest[1..], |_, byte| byte == b']'),
            b'"' => until(&rest[1..], |before, byte| byte == b'"' && before != b'\\'),
            _ => {
                let end = rest.iter().position(u8::is_ascii_whitespace);
                rest.split_at(end.unwrap_or(rest.len()))
            }
        };
        field(content);
        rest = after.trim_ascii_start();
    }
}

/// The bytes before the first one that ends the field, and those after it. Without an end the field goes to
/// the end of the line.
fn until(bytes: &[u8], ends: impl Fn(u8, u8) -> bool) -> (&[u8], &[u8]) {
    let mut before = 0;
    let end = bytes.iter().position(|byte| {
        let is_end = ends(before, *byte);
        before = *byte;
        is_end
    });
    match end {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    fn read(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        fields(line.as_bytes(), |field| {
            found.push(String::from_utf8_lossy(field).into_owned());
        });
        found
    }

    #[test]
    fn a_line_has_seven_or_nine_fields() {
        let line = r#"199.72.81.55 - - [01/Jul/1995:00:00:01 -0400] "GET /history/apollo/ HTTP/1.0" 200 6245"#;
        let fields = read(line);
        assert_eq!(
            fields,
            [
                "199.72.81.55",
                "-",
                "-",
                "01/Jul/1995:00:00:01 -0400",
                "GET /history/apollo/ HTTP/1.0",
                "200",
                "6245"
            ]
        );
        let combined = read(&format!(r#"{line} "http://a/" "Mozilla \"4\" (X11)""#));
        assert_eq!(combined[8], r#"Mozilla \"4\" (X11)"#);
        assert_eq!(combined.len(), 9);
    }

    #[test]
    fn broken_lines_have_fields_too() {
        assert_eq!(read("a [b c"), ["a", "b c"]);
        assert_eq!(read("a \"\" \"b"), ["a", "", "b"]);
        assert!(read("  ").is_empty());
    }
}
