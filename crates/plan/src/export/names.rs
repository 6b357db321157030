//! Ids as names that every reader of MPS and LP files takes.

/// Letters, digits, points, underscores and the `@` before a period stay; every other byte becomes `%` and two
/// hexadecimal digits.
pub(super) fn encoded(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'@') {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}
