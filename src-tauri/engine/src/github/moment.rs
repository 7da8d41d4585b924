//! The three ways in which GitHub writes a point in time.

use crate::id::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads `2026-07-01T10:12:13Z` (in bodies), `2026-07-01 10:12:13 UTC` or `… +0200` (when a token ends), or
/// `Wed, 01 Jul 2026 10:12:13 GMT` (HTTP's own headers).
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Some((_, rest)) = text.split_once(", ") {
        let words: Vec<&str> = rest.split(' ').collect();
        let [day, month, year, time, "GMT"] = words.as_slice() else { return None };
        let month = MONTHS.iter().position(|name| name == month)? + 1;
        return at(number(year)?, i64::try_from(month).ok()?, number(day)?, time, 0);
    }
    let (date, time) = text.split_once(['T', ' '])?;
    let zone_at = time.find(['Z', ' ', '+', '-'])?;
    let (time, zone) = time.split_at_checked(zone_at)?;
    let ahead = match zone.trim_start() {
        "Z" | "UTC" => 0,
        zone => offset(zone)?,
    };
    on(date, time.split('.').next()?, ahead)
}

fn on(date: &str, time: &str, offset: i64) -> Option<Timestamp> {
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    parts.next().is_none().then(|| at(year, month, day, time, offset))?
}

fn at(year: i64, month: i64, day: i64, time: &str, offset: i64) -> Option<Timestamp> {
    let mut parts = time.split(':');
    let (hour, minute, second) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let fits = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    if !fits || parts.next().is_some() {
        return None;
    }
    // Years are counted from March, so that the leap day is a year's last; 719,468 days lie between the
    // first of March of the year 0 and 1970.
    let shifted = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719_468;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Some(Timestamp::from_millis(seconds * 1000))
}

/// The seconds that `+0200` or `+02:00` is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

fn number(text: &str) -> Option<i64> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_mean_the_same() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-07-01T10:12:13Z", 1_782_900_733),
            ("2026-07-01T10:12:13.123Z", 1_782_900_733),
            ("2026-07-01T12:12:13+02:00", 1_782_900_733),
            ("2026-07-01 10:12:13 UTC", 1_782_900_733),
            ("2026-07-01 12:12:13 +0200", 1_782_900_733),
            ("2026-07-01 03:12:13 -0700", 1_782_900_733),
            ("Wed, 01 Jul 2026 10:12:13 GMT", 1_782_900_733),
            ("Tue, 02 Jun 2026 10:12:13 GMT", 1_780_395_133),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse(text).map(Timestamp::as_millis), Some(seconds * 1000), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "soon",
            "2026-13-01T00:00:00Z",
            "2026-07-01",
            "2026-07-01T25:00:00Z",
            "99999-01-01T00:00:00Z",
            "2026-07-01 10:12:13 +",
            "Wed, 01 Foo 2026 10:12:13 GMT",
            "-1-1-1T0:0:0Z",
            "2026-07-01T10:12:13",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
