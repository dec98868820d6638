//! From a template to one household: every value that a template leaves open is drawn from the household's own seed.

use anyhow::{Context, Result, bail, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use toml::{Table, Value};

/// A 64-bit FNV-1a hash: the seed of what has this name.
pub fn seed_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Lays one template over another: tables are merged, lists of tables entry by entry, everything else is replaced.
pub fn lay_over(base: &mut Table, over: &Table) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) if !is_draw(below) && !is_draw(above) => lay_over(below, above),
            (Some(Value::Array(below)), Value::Array(above)) if above.iter().all(Value::is_table) => lay_list_over(below, above),
            (slot, _) => {
                let drop_slot = slot.is_some();
                if drop_slot {
                    base.remove(key);
                }
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

fn lay_list_over(base: &mut Vec<Value>, over: &[Value]) {
    for (index, above) in over.iter().enumerate() {
        match (base.get_mut(index), above) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (Some(slot), _) => *slot = above.clone(),
            (None, _) => base.push(above.clone()),
        }
    }
}

/// Settles which of several tables or lists of tables a template means, so that templates can be laid over each other part by part. What
/// stands beside a choice between tables holds for each of them.
pub fn choose(name: &str, template: &Table) -> Table {
    match chosen(name, "", &Value::Table(template.clone())) {
        Value::Table(table) => table,
        _ => Table::new(),
    }
}

fn chosen(name: &str, path: &str, value: &Value) -> Value {
    let parts =
        |value: &Value| value.is_table() || value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_table));
    match value {
        Value::Table(table) => match table.get("one_of").and_then(Value::as_array) {
            Some(choices) if !choices.is_empty() && choices.iter().all(parts) => {
                let index = ChaCha8Rng::seed_from_u64(seed_of(&format!("{name} {path}?"))).random_range(0..choices.len());
                let mut beside = table.clone();
                beside.remove("one_of");
                match (chosen(name, path, &Value::Table(beside)), chosen(name, &format!("{path}?"), &choices[index])) {
                    (Value::Table(mut beside), Value::Table(choice)) => {
                        lay_over(&mut beside, &choice);
                        Value::Table(beside)
                    }
                    (_, choice) => choice,
                }
            }
            Some(_) => value.clone(),
            None => Value::Table(table.iter().map(|(key, value)| (key.clone(), chosen(name, &format!("{path}.{key}"), value))).collect()),
        },
        plain => plain.clone(),
    }
}

/// Draws every open value. The same name and template give the same household; a value's draw depends on its own key alone, so a
/// template that gains a key leaves the others as they were.
pub fn draw(name: &str, template: &Table) -> Result<Table> {
    let mut drawn = Table::new();
    let mut derived = Vec::new();
    for (key, value) in template {
        if let Some(value) = open(name, key, value, &mut derived)? {
            drawn.insert(key.clone(), value);
        }
    }
    // A derived value may rest on another one: those that can be told first are told first.
    while !derived.is_empty() {
        let (count, paths): (usize, Vec<String>) = (derived.len(), derived.iter().map(|(path, _)| path.clone()).collect());
        let mut waiting = Vec::new();
        for (path, rule) in derived {
            match derive(name, &path, &rule, &drawn, &paths)? {
                Some(value) => place(&mut drawn, &path, value)?,
                None => waiting.push((path, rule)),
            }
        }
        ensure!(waiting.len() < count, "{}: these values rest on each other", paths.join(", "));
        derived = waiting;
    }
    Ok(drawn)
}

fn is_draw(table: &Table) -> bool {
    ["one_of", "chance", "some_of", "of"].iter().any(|word| table.contains_key(*word))
}

/// A value without anything left open; `None` when chance leaves it out or another value has to be known first.
fn open(name: &str, path: &str, value: &Value, derived: &mut Vec<(String, Table)>) -> Result<Option<Value>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed_of(&format!("{name} {path}")));
    Ok(Some(match value {
        Value::Array(items) => match range(items) {
            Some(range) => range.draw(&mut rng),
            None => Value::Array(open_all(name, path, items, derived)?),
        },
        Value::Table(table) if table.contains_key("one_of") => {
            let choices =
                table["one_of"].as_array().filter(|choices| !choices.is_empty()).with_context(|| format!("{path}: one_of needs a list"))?;
            return open(name, &format!("{path}!"), &choices[rng.random_range(0..choices.len())], derived);
        }
        Value::Table(table) if table.contains_key("chance") => {
            let there = rng.random::<f64>() < number(path, table, "chance")?;
            let value = table.get("value").with_context(|| format!("{path}: chance needs a value"))?;
            return if there { open(name, &format!("{path}!"), value, derived) } else { Ok(None) };
        }
        Value::Table(table) if table.contains_key("some_of") => {
            let each = number(path, table, "each")?;
            let choices = table["some_of"].as_array().with_context(|| format!("{path}: some_of needs a list"))?;
            Value::Array(choices.iter().filter(|_| rng.random::<f64>() < each).cloned().collect())
        }
        Value::Table(table) if table.contains_key("of") => {
            derived.push((path.to_owned(), table.clone()));
            return Ok(None);
        }
        Value::Table(table) => {
            let mut opened = Table::new();
            for (key, value) in table {
                if let Some(value) = open(name, &format!("{path}.{key}"), value, derived)? {
                    opened.insert(key.clone(), value);
                }
            }
            Value::Table(opened)
        }
        plain => plain.clone(),
    }))
}

fn open_all(name: &str, path: &str, items: &[Value], derived: &mut Vec<(String, Table)>) -> Result<Vec<Value>> {
    let opened = items.iter().enumerate().map(|(index, item)| open(name, &format!("{path}.{index}"), item, derived));
    Ok(opened.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Two numbers, the ends of a range.
enum Range {
    Whole(i64, i64),
    Real(f64, f64),
}

fn range(items: &[Value]) -> Option<Range> {
    match items {
        [Value::Integer(low), Value::Integer(high)] if low <= high => Some(Range::Whole(*low, *high)),
        [low, high] => {
            Some(Range::Real(as_number(low)?, as_number(high)?)).filter(|range| matches!(range, Range::Real(low, high) if low <= high))
        }
        _ => None,
    }
}

impl Range {
    fn draw(&self, rng: &mut ChaCha8Rng) -> Value {
        match *self {
            Self::Whole(low, high) => Value::Integer(rng.random_range(low..=high)),
            Self::Real(low, high) => Value::Float(significant(low + (high - low) * rng.random::<f64>())),
        }
    }
}

/// Four significant digits: a household file is read by people.
fn significant(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10f64.powf(3.0 - value.abs().log10().floor());
    (value * scale).round() / scale
}

/// The derived value, `None` while what it rests on is itself waiting.
fn derive(name: &str, path: &str, rule: &Table, drawn: &Table, waiting: &[String]) -> Result<Option<Value>> {
    let of = rule.get("of").and_then(Value::as_str).with_context(|| format!("{path}: `of` needs the path of a key"))?;
    let mut at = drawn.get(of.split('.').next().unwrap_or_default());
    for key in of.split('.').skip(1) {
        at = at.and_then(|value| value.get(key));
    }
    let Some(base) = at.and_then(as_number) else {
        ensure!(waiting.iter().any(|other| other == of && other != path), "{path}: there is no number at {of}");
        return Ok(None);
    };
    let part = |key: &str, without: f64| match rule.get(key) {
        None => Ok(without),
        Some(value) => open(name, &format!("{path}!{key}"), value, &mut Vec::new())?
            .as_ref()
            .and_then(as_number)
            .with_context(|| format!("{path}: {key} needs a number or a range")),
    };
    Ok(Some(Value::Float(significant(base * part("times", 1.0)? + part("plus", 0.0)?))))
}

fn place(table: &mut Table, path: &str, value: Value) -> Result<()> {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((head, rest)) => match table.entry(head.to_owned()).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(inner) => place(inner, rest, value)?,
            _ => bail!("{path}: a derived value cannot stand in a list"),
        },
    }
    Ok(())
}

fn number(path: &str, table: &Table, key: &str) -> Result<f64> {
    table.get(key).and_then(as_number).with_context(|| format!("{path}: {key} needs a number"))
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(whole) => Some(*whole as f64),
        Value::Float(real) => Some(*real),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn table(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn draws_stay_in_their_ranges_and_repeat() {
        let template = table("a = [1.0, 2.0]\nb = [3, 5]\nc = { one_of = [[7.0, 8.0], [9.0, 9.5]] }\nd = { of = \"a\", times = 2.0 }");
        for seed in 0..200 {
            let name = format!("home {seed}");
            let home = draw(&name, &template).unwrap();
            assert_eq!(home, draw(&name, &template).unwrap());
            let real = |key: &str| as_number(&home[key]).unwrap();
            assert!((1.0..=2.0).contains(&real("a")) && (3.0..=5.0).contains(&real("b")));
            assert!((7.0..=9.5).contains(&real("c")) && !(8.0..9.0).contains(&(real("c") - 1e-9)));
            assert!((real("d") - 2.0 * real("a")).abs() < 1e-2);
        }
    }

    #[test]
    fn another_key_leaves_the_others_as_they_were() {
        let (before, after) = (table("a = [0.0, 1.0]"), table("a = [0.0, 1.0]\nb = [0.0, 1.0]"));
        assert_eq!(draw("x", &before).unwrap()["a"], draw("x", &after).unwrap()["a"]);
    }

    #[test]
    fn templates_merge_table_by_table_and_draws_replace_each_other() {
        let mut base = table("x = { p = 1, q = [1, 2] }\nn = [{ d = 1 }, { d = 2 }]");
        lay_over(&mut base, &table("x = { q = { one_of = [5] }, r = 3 }\nn = [{}, { loss = 0.5 }]"));
        assert_eq!(draw("x", &base).unwrap(), table("x = { p = 1, q = 5, r = 3 }\nn = [{ d = 1 }, { d = 2, loss = 0.5 }]"));
    }

    #[test]
    fn a_choice_between_tables_keeps_what_lies_below() {
        let mut base = table("x = { p = 1 }");
        lay_over(&mut base, &choose("home", &table("x = { one_of = [{ q = 2 }] }")));
        assert_eq!(draw("home", &base).unwrap(), table("x = { p = 1, q = 2 }"));
    }

    #[test]
    fn what_stands_beside_a_choice_holds_for_each() {
        let drawn = draw("home", &choose("home", &table("x = { p = 1, one_of = [{ q = 2 }] }"))).unwrap();
        assert_eq!(drawn, table("x = { p = 1, q = 2 }"));
    }

    #[test]
    fn mistakes_are_told_with_their_key() {
        let wrong = draw("x", &table("a = { of = \"b.c\", times = 2 }")).unwrap_err().to_string();
        assert!(wrong.contains("a:") && wrong.contains("b.c"), "{wrong}");
    }
}
