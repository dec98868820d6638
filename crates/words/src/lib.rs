//! Sentences in a person's language: renders [`Phrase`]s from the Fluent files in `locales/<language>/`.
//!
//! The files are built in, so nothing is read at run time and every face of Demarc speaks the same words.

use std::fmt;

use demarc_model::{Arg, Phrase};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, types::FluentNumber};
use unic_langid::LanguageIdentifier;

/// `(language, [(file name, content)])`, sorted.
static LOCALES: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The language every message exists in.
const FALLBACK: &str = "en";

/// Numbers beyond this have more digits than the plural rules can count, and mean nothing to a reader either.
const LARGEST_NUMBER: f64 = 1e15;

/// Digits after the decimal sign unless a message asks otherwise; what the window's number format does too.
const MOST_DECIMALS: usize = 3;

type Bundle = FluentBundle<FluentResource>;

/// The words of one language, with English where it lacks some.
pub struct Words {
    language: &'static str,
    /// The language's own messages, then English ones where they are not the same.
    bundles: Vec<Bundle>,
}

impl Words {
    /// The words of `language` (`de`, `de-AT` and `de_AT.UTF-8` all find `de`); English when it is not spoken here.
    pub fn new(language: &str) -> Self {
        let language = spoken(language).unwrap_or(FALLBACK);
        let mut bundles = vec![bundle(language)];
        if language != FALLBACK {
            bundles.push(bundle(FALLBACK));
        }
        Self { language, bundles }
    }

    /// Every language spoken, sorted.
    pub fn languages() -> &'static [&'static str] {
        static LANGUAGES: std::sync::LazyLock<Vec<&'static str>> =
            std::sync::LazyLock::new(|| LOCALES.iter().map(|(language, _)| *language).collect());
        &LANGUAGES
    }

    /// The language spoken.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The sentence in this language. An unknown message id is shown as itself, a missing value as its name in braces.
    pub fn say(&self, phrase: &Phrase) -> String {
        let args: FluentArgs = phrase.args.iter().map(|(name, arg)| (name.as_str(), value(arg))).collect();
        self.bundles
            .iter()
            .find_map(|bundle| {
                let pattern = bundle.get_message(&phrase.id)?.value()?;
                Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
            })
            .unwrap_or_else(|| phrase.id.clone())
    }

    /// The sentence of a message that needs no values.
    pub fn text(&self, id: &str) -> String {
        self.say(&Phrase::new(id))
    }

    /// Whether there is such a message.
    pub fn knows(&self, id: &str) -> bool {
        self.bundles.iter().any(|bundle| bundle.get_message(id).is_some_and(|message| message.value().is_some()))
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

/// The language in [`LOCALES`] that a locale name means: the whole name, or its language without region and encoding.
fn spoken(locale: &str) -> Option<&'static str> {
    let known = |wanted: &str| LOCALES.iter().map(|(language, _)| *language).find(|language| language.eq_ignore_ascii_case(wanted));
    let name = locale.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
    known(&name).or_else(|| known(name.split('-').next().unwrap_or_default()))
}

/// Files that do not parse lose the broken message only; a test keeps them out of the repository.
fn bundle(language: &str) -> Bundle {
    let identifier: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![identifier]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(decimal(number)),
        _ => None,
    }));
    let _ = bundle.add_builtins();
    for (_, content) in files(language) {
        let resource = FluentResource::try_new((*content).to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

fn files(language: &str) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    LOCALES.iter().filter(move |(name, _)| *name == language).flat_map(|(_, files)| files.iter())
}

fn value(arg: &Arg) -> FluentValue<'_> {
    match arg {
        Arg::Number(number) if number.abs() < LARGEST_NUMBER => FluentValue::from(*number),
        Arg::Number(number) => FluentValue::from(format!("{number:e}")),
        Arg::Text(text) => FluentValue::from(text.as_str()),
    }
}

/// `1.20` as `1.2`, `3.0` as `3`, `1200` as it is, within the digits that the message asks for.
fn decimal(number: &FluentNumber) -> String {
    let fewest = number.options.minimum_fraction_digits.unwrap_or(0);
    let most = number.options.maximum_fraction_digits.unwrap_or(MOST_DECIMALS).max(fewest);
    let mut digits = format!("{:.most$}", number.value);
    let point = digits.find('.');
    while point.is_some_and(|point| digits.len() - point - 1 > fewest) && digits.ends_with('0') {
        digits.pop();
    }
    let bare = digits.strip_suffix('.').unwrap_or(&digits);
    if bare == "-0" { "0".to_owned() } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::panic)]

    use std::collections::{BTreeMap, BTreeSet};

    use fluent_bundle::FluentResource;

    use super::*;

    /// A bundle with one message, formatted with one value.
    fn formatted(message: &str, arg: f64) -> String {
        let mut bundle = Bundle::new_concurrent(vec![LanguageIdentifier::default()]);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(decimal(number)),
            _ => None,
        }));
        bundle.add_builtins().expect("builtins");
        bundle.add_resource(FluentResource::try_new(format!("m = {message}")).expect("a valid message")).expect("a new message");
        let arg = Arg::Number(arg);
        let args: FluentArgs = [("x", value(&arg))].into_iter().collect();
        let words = bundle.get_message("m").and_then(|message| message.value()).expect("a value");
        bundle.format_pattern(words, Some(&args), &mut Vec::new()).into_owned().replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn numbers_show_the_digits_that_matter() {
        for (number, shown) in [
            (1.20, "1.2"),
            (3.0, "3"),
            (1200.0, "1200"),
            (0.1 + 0.2, "0.3"),
            (-4.0, "-4"),
            (-0.0, "0"),
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(formatted("{ $x }", number), shown);
        }
        assert_eq!(formatted("{ NUMBER($x, minimumFractionDigits: 1) } ms", 3.0), "3.0 ms");
        assert_eq!(formatted("{ NUMBER($x, maximumFractionDigits: 0) } ms", 3.7), "4 ms");
        assert_eq!(formatted("{ $x ->\n [one] one\n*[other] many\n }", 1e300), "many");
    }

    #[test]
    fn locale_names_find_their_language_and_strangers_get_english() {
        for locale in ["en", "EN", "en-GB", "en_US.UTF-8", "tlh", "", "C.UTF-8"] {
            assert_eq!(Words::new(locale).language(), "en");
        }
        assert!(Words::languages().contains(&"en"));
    }

    #[test]
    fn an_unknown_message_is_its_id() {
        let words = Words::new("en");
        assert_eq!(words.text("no-such-message"), "no-such-message");
        assert_eq!(words.say(&Phrase::new("").text("x", "y")), "");
        assert!(!words.knows("no-such-message"));
    }

    #[test]
    fn words_are_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Words>();
    }

    /// Message ids by language, after checking that every file parses and no id is given twice.
    fn messages() -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        for language in Words::languages() {
            let mut ids = BTreeSet::new();
            for (name, content) in files(language) {
                let resource = FluentResource::try_new((*content).to_owned())
                    .unwrap_or_else(|(_, errors)| panic!("{language}/{name} does not parse: {errors:?}"));
                for entry in resource.entries() {
                    let id = match entry {
                        fluent_syntax::ast::Entry::Message(message) => message.id.name.to_owned(),
                        fluent_syntax::ast::Entry::Term(term) => format!("-{}", term.id.name),
                        _ => continue,
                    };
                    assert!(ids.insert(id.clone()), "{language}/{name} gives `{id}` a second time");
                }
            }
            all.insert(*language, ids);
        }
        all
    }

    #[test]
    fn every_file_parses_and_every_language_says_the_same_things() {
        let all = messages();
        let english = &all[FALLBACK];
        for (language, ids) in &all {
            let missing: Vec<_> = english.difference(ids).collect();
            let unknown: Vec<_> = ids.difference(english).collect();
            assert!(missing.is_empty() && unknown.is_empty(), "{language} lacks {missing:?} and has {unknown:?} alone");
        }
    }
}
