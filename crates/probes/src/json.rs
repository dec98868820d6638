//! Reading JSON of programs without trusting its shape: what is not there, or is something else, is absent.

use serde_json::Value;

use crate::bounded::one_line;

/// Most rows looked at of any list.
const MOST_ROWS: usize = 4_096;
/// Longest text kept, in characters.
const LONGEST_TEXT: usize = 256;

/// The value that a program printed; `None` where it is no JSON. PowerShell may put a byte order mark before it.
pub(crate) fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
}

/// The rows of a list. PowerShell writes a list of one as its only member, and some versions write `{"value":[...],"Count":n}`.
pub(crate) fn rows<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = value.get(key).unwrap_or(&Value::Null);
    let list = list.get("value").filter(|inner| inner.is_array()).unwrap_or(list);
    let rows = match list {
        Value::Array(rows) => rows.as_slice(),
        Value::Null => &[],
        single => std::slice::from_ref(single),
    };
    rows.iter().take(MOST_ROWS)
}

/// A text of one line; absent where it is empty.
pub(crate) fn text(row: &Value, key: &str) -> Option<String> {
    row.get(key)?.as_str().map(|text| one_line(text, LONGEST_TEXT)).filter(|text| !text.is_empty())
}

/// A number that is not negative, also where it is written as a text.
pub(crate) fn number(row: &Value, key: &str) -> Option<u64> {
    let value = row.get(key)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_may_be_one_row_or_wrapped() {
        let count = |value: Value| rows(&json!({ "rows": value }), "rows").count();
        assert_eq!([count(json!([1, 2])), count(json!({"a": 1})), count(json!({"value": [1, 2, 3], "Count": 3}))], [2, 1, 3]);
        assert_eq!([count(json!([])), count(Value::Null), rows(&json!(7), "rows").count()], [0, 0, 0]);
        assert_eq!(count(Value::Array(vec![Value::Null; 10_000])), MOST_ROWS);
    }

    #[test]
    fn what_is_something_else_is_absent() {
        let row = json!({"name": " a\nb ", "empty": "", "speed": "1000", "negative": -1, "list": []});
        assert_eq!(text(&row, "name").as_deref(), Some("a b"));
        assert_eq!([text(&row, "empty"), text(&row, "speed "), text(&row, "list")], [None, None, None]);
        assert_eq!([number(&row, "speed"), number(&row, "negative"), number(&row, "name")], [Some(1000), None, None]);
        assert_eq!(parse("\u{feff}{}"), Some(json!({})));
        assert_eq!([parse(""), parse(&"[".repeat(100_000))], [None, None]);
    }
}
