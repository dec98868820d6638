//! The grid of households: recipes x severities x kinds of access x seeds, and who may learn from which.

use std::{collections::BTreeMap, fmt, str::FromStr};

use anyhow::{Context, Result, anyhow, bail, ensure};
use demarc_model::{Fault, Party, Segment};
use demarc_simulator::Household;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::draw::{choose, draw, lay_over, seed_of};

/// How much a person suffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is wrong.
    None,
    /// Nobody would notice: "healthy" is as right as the fault.
    Below,
    /// Those who look for it notice.
    Mild,
    /// Calls and videos suffer.
    Moderate,
    /// Hardly anything works.
    Severe,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Self; 5] = [Self::None, Self::Below, Self::Mild, Self::Moderate, Self::Severe];

    /// The word used in ids.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Below => "below",
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
        }
    }

    /// Whether the headline figures count it: what a person notices at once, and homes where nothing is wrong.
    pub const fn counts(self) -> bool {
        matches!(self, Self::None | Self::Moderate | Self::Severe)
    }
}

/// What a household is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// To set thresholds and shapes.
    Train,
    /// To fit the temperature.
    Validation,
    /// To be measured once.
    Test,
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        })
    }
}

impl FromStr for Split {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Train, Self::Validation, Self::Test]
            .into_iter()
            .find(|split| split.to_string() == text)
            .ok_or_else(|| anyhow!("there is no split `{text}`; use train, validation or test"))
    }
}

/// What is really wrong in a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The faults that are there, none when nothing is wrong.
    pub faults: Vec<Fault>,
    /// Faults that may be told besides, where nothing is wrong but something is going on.
    pub also: Vec<Fault>,
    /// How bad they are.
    pub severity: Severity,
}

impl Truth {
    /// Whether saying that this party has to act is right.
    pub fn allows_party(&self, party: Party) -> bool {
        (party == Party::Healthy && self.may_be_healthy()) || self.told().any(|fault| fault.segment().party() == party)
    }

    /// Whether saying that the fault is there (`None`: nowhere) is right.
    pub fn allows_segment(&self, segment: Option<Segment>) -> bool {
        segment.map_or(self.may_be_healthy(), |segment| self.told().any(|fault| fault.segment() == segment))
    }

    /// The party that an answer is compared with: the one named when it is guilty, else the first.
    pub fn party_for(&self, named: Party) -> Party {
        if self.allows_party(named) { named } else { self.faults.first().map_or(Party::Healthy, |fault| fault.segment().party()) }
    }

    /// The segment that an answer is compared with: the one named when it is guilty, else the first.
    pub fn segment_for(&self, named: Option<Segment>) -> Option<Segment> {
        if self.allows_segment(named) { named } else { self.faults.first().map(|fault| fault.segment()) }
    }

    /// Whether neither the provider nor anybody beyond it has a fault: whoever blames them is wrong.
    pub fn is_home_or_nothing(&self) -> bool {
        self.faults.iter().all(|fault| fault.segment().party() == Party::Home)
    }

    /// Whether saying that this fault is there (`None`: nothing) is right.
    pub fn allows_fault(&self, fault: Option<Fault>) -> bool {
        fault.map_or(self.may_be_healthy(), |fault| self.told().any(|told| told == fault))
    }

    fn told(&self) -> impl Iterator<Item = Fault> {
        self.faults.iter().chain(&self.also).copied()
    }

    fn may_be_healthy(&self) -> bool {
        self.faults.is_empty() || self.severity == Severity::Below
    }
}

/// One household of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `recipe/severity/access/seed`; everything about the household follows from it.
    pub id: String,
    /// Its recipe.
    pub recipe: String,
    /// Its kind of access.
    pub access: String,
    /// What is wrong there.
    pub truth: Truth,
    /// Who may learn from it.
    pub split: Split,
    /// Whether its fault or its kind of access appears in the test alone.
    pub held_out: bool,
    /// Whether it looks as if the provider had to act, which is wrong: a decoy, or a fault at home that costs packets, time or rate.
    pub tempting: bool,
}

impl Case {
    /// The seed of everything that happens in the household.
    pub fn seed(&self) -> u64 {
        seed_of(&self.id)
    }
}

/// Everything the grid is made of.
#[derive(Debug)]
pub struct Grid {
    homes: Homes,
    recipes: Vec<Recipe>,
    splits: Splits,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Homes {
    every: Table,
    link: BTreeMap<String, Table>,
    access: BTreeMap<String, Table>,
}

/// A way to make households with the same thing wrong.
#[derive(Debug)]
struct Recipe {
    name: String,
    kind: Kind,
    faults: Vec<Fault>,
    also: Vec<Fault>,
    links: Vec<String>,
    severities: Vec<(Severity, Table)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Fault,
    Double,
    Decoy,
    Healthy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    /// The fault, where the recipe is not named after it.
    fault: Option<Fault>,
    links: Option<Vec<String>>,
    #[serde(default)]
    also: Vec<Fault>,
    #[serde(default)]
    every: Table,
    none: Option<Table>,
    below: Option<Table>,
    mild: Option<Table>,
    moderate: Option<Table>,
    severe: Option<Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Splits {
    accesses: Vec<String>,
    held_out_faults: Vec<Fault>,
    held_out_accesses: Vec<String>,
    first_test_seed: u32,
    look_like_the_providers: Vec<Fault>,
    seeds: BTreeMap<Kind, Seeds>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds {
    train: u32,
    validation: u32,
    test: u32,
}

impl Seeds {
    /// Every seed of a cell with its split.
    fn of(self, first_test_seed: u32) -> impl Iterator<Item = (Split, u32)> {
        let learned = self.train + self.validation;
        let seen = (0..learned).map(move |seed| (if seed < self.train { Split::Train } else { Split::Validation }, seed));
        seen.chain((first_test_seed..first_test_seed + self.test).map(|seed| (Split::Test, seed)))
    }
}

impl Grid {
    /// The grid of the files beside this crate.
    pub fn load() -> Result<Self> {
        let homes: Homes = toml::from_str(include_str!("../grid/homes.toml")).context("homes.toml")?;
        let splits: Splits = toml::from_str(include_str!("../grid/splits.toml")).context("splits.toml")?;
        let mut recipes = Vec::new();
        for (file, text) in [
            ("home-faults.toml", include_str!("../grid/home-faults.toml")),
            ("provider-faults.toml", include_str!("../grid/provider-faults.toml")),
            ("beyond-faults.toml", include_str!("../grid/beyond-faults.toml")),
            ("healthy.toml", include_str!("../grid/healthy.toml")),
        ] {
            recipes.extend(recipes_of(text).context(file)?);
        }
        let doubles = doubles_of(include_str!("../grid/doubles.toml"), &recipes).context("doubles.toml")?;
        recipes.extend(doubles);
        Ok(Self { homes, recipes, splits })
    }

    /// Every household, in a fixed order.
    pub fn cases(&self) -> Vec<Case> {
        self.recipes.iter().flat_map(|recipe| self.cases_of(recipe)).collect()
    }

    /// The household with this id.
    pub fn case(&self, id: &str) -> Result<Case> {
        self.cases().into_iter().find(|case| case.id == id).ok_or_else(|| {
            anyhow!("there is no household `{id}`; ids look like access-loss/moderate/cable/7, and `demarc-benchmark list` prints them")
        })
    }

    /// The household's file.
    pub fn household_toml(&self, case: &Case) -> Result<String> {
        let recipe = self.recipes.iter().find(|recipe| recipe.name == case.recipe).context("the case is of this grid")?;
        let (_, patch) =
            recipe.severities.iter().find(|(severity, _)| *severity == case.truth.severity).context("the case is of this grid")?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed_of(&format!("{} link", case.id)));
        let link = &recipe.links[rng.random_range(0..recipe.links.len())];
        let mut template = choose(&case.id, &self.homes.every);
        for over in [self.homes.link.get(link), self.homes.access.get(&case.access), Some(patch)] {
            let over = over.with_context(|| format!("homes.toml knows no link {link} or access {}", case.access))?;
            lay_over(&mut template, &choose(&case.id, over));
        }
        let mut household = draw(&case.id, &template).with_context(|| case.id.clone())?;
        household.insert("name".to_owned(), Value::String(case.id.clone()));
        household.insert("seeds".to_owned(), Value::Array(Vec::new()));
        household.insert("expect".to_owned(), Value::Table(expectation(&case.truth)));
        Ok(toml::to_string(&household)?)
    }

    /// The household itself.
    pub fn household(&self, case: &Case) -> Result<Household> {
        Household::from_toml(&self.household_toml(case)?).with_context(|| case.id.clone())
    }

    fn cases_of(&self, recipe: &Recipe) -> Vec<Case> {
        let mut cases = Vec::new();
        let Some(seeds) = self.splits.seeds.get(&recipe.kind) else { return cases };
        let tempts = |fault| self.splits.look_like_the_providers.contains(fault);
        let home = recipe.faults.iter().all(|fault| fault.segment().party() == Party::Home);
        let tempting = recipe.kind == Kind::Decoy || home && recipe.faults.iter().any(tempts);
        let held_out_fault = recipe.faults.iter().any(|fault| self.splits.held_out_faults.contains(fault));
        for (severity, _) in &recipe.severities {
            for access in &self.splits.accesses {
                let held_out = held_out_fault || self.splits.held_out_accesses.contains(access);
                for (split, seed) in seeds.of(self.splits.first_test_seed) {
                    if held_out && split != Split::Test {
                        continue;
                    }
                    cases.push(Case {
                        id: format!("{}/{}/{access}/{seed}", recipe.name, severity.id()),
                        recipe: recipe.name.clone(),
                        access: access.clone(),
                        truth: Truth { faults: recipe.faults.clone(), also: recipe.also.clone(), severity: *severity },
                        split,
                        held_out,
                        tempting,
                    });
                }
            }
        }
        cases
    }
}

fn recipes_of(text: &str) -> Result<Vec<Recipe>> {
    let files: BTreeMap<String, RecipeFile> = toml::from_str(text)?;
    files.into_iter().map(|(name, file)| recipe(&name, file).with_context(|| name.clone())).collect()
}

fn recipe(name: &str, file: RecipeFile) -> Result<Recipe> {
    let kind = match name {
        "healthy" => Kind::Healthy,
        _ if name.starts_with("decoy-") => Kind::Decoy,
        _ => Kind::Fault,
    };
    let faults = if kind == Kind::Fault {
        let named = || Fault::ALL.iter().copied().find(|fault| fault.id() == name);
        vec![file.fault.or_else(named).context("there is no such fault; a recipe is named after its fault, or names it")?]
    } else {
        Vec::new()
    };
    let written = [file.none, file.below, file.mild, file.moderate, file.severe];
    let severities: Vec<(Severity, Table)> = Severity::ALL
        .into_iter()
        .zip(written)
        .filter_map(|(severity, patch)| {
            let mut whole = file.every.clone();
            lay_over(&mut whole, &patch?);
            Some((severity, whole))
        })
        .collect();
    ensure!(!severities.is_empty(), "it has no severity");
    ensure!(
        severities.iter().all(|(severity, _)| (*severity == Severity::None) == faults.is_empty()),
        "`none` is for homes without a fault"
    );
    let links = file.links.unwrap_or_else(|| vec!["wired".to_owned(), "wifi".to_owned()]);
    ensure!(!links.is_empty(), "it allows no link");
    Ok(Recipe { name: name.to_owned(), kind, faults, also: file.also, links, severities })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DoubleFile {
    of: [String; 2],
}

fn doubles_of(text: &str, recipes: &[Recipe]) -> Result<Vec<Recipe>> {
    let files: BTreeMap<String, DoubleFile> = toml::from_str(text)?;
    files.into_iter().map(|(name, file)| double(&name, &file, recipes).with_context(|| name.clone())).collect()
}

fn double(name: &str, file: &DoubleFile, recipes: &[Recipe]) -> Result<Recipe> {
    let find = |name: &String| recipes.iter().find(|recipe| recipe.name == *name).with_context(|| format!("there is no recipe {name}"));
    let (first, second) = (find(&file.of[0])?, find(&file.of[1])?);
    let links: Vec<String> = first.links.iter().filter(|link| second.links.contains(link)).cloned().collect();
    ensure!(!links.is_empty(), "its two faults need different links");
    let mut severities = Vec::new();
    for (severity, patch) in first.severities.iter().filter(|(severity, _)| severity.counts()) {
        let Some((_, other)) = second.severities.iter().find(|(other, _)| other == severity) else { continue };
        if let Some(key) = shared_key(patch, other, "") {
            bail!("both of its faults set {key}");
        }
        let mut whole = patch.clone();
        lay_over(&mut whole, other);
        severities.push((*severity, whole));
    }
    ensure!(!severities.is_empty(), "its two faults share no severity");
    let faults = [first, second].iter().flat_map(|recipe| recipe.faults.clone()).collect();
    Ok(Recipe { name: name.to_owned(), kind: Kind::Double, faults, also: Vec::new(), links, severities })
}

/// A key that two templates both set.
fn shared_key(one: &Table, other: &Table, at: &str) -> Option<String> {
    one.iter().find_map(|(key, value)| match (value, other.get(key)?) {
        (Value::Table(one), Value::Table(other)) => shared_key(one, other, &format!("{at}{key}.")),
        _ => Some(format!("{at}{key}")),
    })
}

fn expectation(truth: &Truth) -> Table {
    let mut expect = Table::new();
    let party = truth.party_for(Party::Undetermined);
    expect.insert("party".to_owned(), Value::String(party.id().to_owned()));
    if let Some(fault) = truth.faults.first() {
        expect.insert("segment".to_owned(), Value::String(fault.segment().id().to_owned()));
        expect.insert("fault".to_owned(), Value::String(fault.id().to_owned()));
    }
    expect
}
