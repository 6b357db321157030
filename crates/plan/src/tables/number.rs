//! Numbers as statistical offices print them: with exponents at times, and with more digits than they mean.

use crate::decimal::shortened;

/// The number in units of 10^−`decimals`, rounded to the nearest, halves away from nought. Whether digits were lost
/// is told too. An empty field and Eurostat's `:` (not available) are nought.
pub(super) fn parse_rounded(text: &str, decimals: u32) -> Result<(i64, bool), String> {
    if text.is_empty() || text == ":" {
        return Ok((0, false));
    }
    let wrong = || format!("`{}` is not a number; write it like 1234.5 or 1.2345e3", shortened(text));
    let (negative, body) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], body[at + 1..].parse::<i32>().map_err(|_| wrong())?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(wrong());
    }
    let too_large =
        || format!("`{}` is too large; the limit is 15 digits at {decimals} decimals", shortened(text));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    // The number is 0.digits × 10^point.
    let leading = whole.len() as i64 + fraction.len() as i64 - digits.len() as i64;
    let point = whole.len() as i64 - leading + i64::from(exponent);
    let kept = point + i64::from(decimals);
    if digits.is_empty() || kept < 0 {
        return Ok((0, !digits.is_empty()));
    }
    if kept > 16 {
        return Err(too_large());
    }
    let kept = kept as usize;
    let mut value: i64 = 0;
    for place in 0..kept {
        value = value * 10 + digits.as_bytes().get(place).map_or(0, |digit| i64::from(digit - b'0'));
    }
    let lost = digits.bytes().skip(kept).any(|digit| digit != b'0');
    if digits.as_bytes().get(kept).is_some_and(|digit| *digit >= b'5') {
        value += 1;
    }
    if value > crate::LARGEST_MANTISSA {
        return Err(too_large());
    }
    Ok((if negative { -value } else { value }, lost))
}

#[test]
fn numbers_are_rounded_to_the_nearest_and_nothing_else_is_let_pass() {
    let cases = [
        ("1234.5", 1, Ok((12345, false))),
        ("1.2345e3", 1, Ok((12345, false))),
        ("-0.05", 1, Ok((-1, true))),
        ("0.049", 1, Ok((0, true))),
        ("4.9e-7", 3, Ok((0, true))),
        ("1.5E-3", 3, Ok((2, true))),
        ("12e2", 0, Ok((1200, false))),
        (":", 3, Ok((0, false))),
        ("", 3, Ok((0, false))),
        ("000.10", 2, Ok((10, false))),
    ];
    for (text, decimals, expected) in cases {
        assert_eq!(parse_rounded(text, decimals), expected, "{text}");
    }
    for text in ["NaN", "inf", "1,5", "1e", "e5", ".", "-", "1e99999999999", "0x10"] {
        assert!(parse_rounded(text, 2).unwrap_err().contains("is not a number"), "{text}");
    }
    assert!(parse_rounded("1e300", 2).unwrap_err().contains("is too large"));
    assert!(parse_rounded("9999999999999999", 0).unwrap_err().contains("is too large"));
}
