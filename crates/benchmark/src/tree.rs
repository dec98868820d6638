//! A plain decision tree: at each fork one figure is compared with one threshold (Breiman et al., Classification and Regression
//! Trees, 1984; Gini impurity).

use demarc_model::Segment;
use serde::{Deserialize, Serialize};

use crate::{
    features::{FIGURES, Features},
    grid::Case,
};

/// More questions one after the other than these nobody would write down.
const DEEPEST: u32 = 8;
/// A leaf that fewer households lead to has learned them by heart.
const FEWEST: usize = 10;
/// Thresholds tried for each figure.
const THRESHOLDS: usize = 40;

/// A tree over the figures of [`FIGURES`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tree {
    /// The answer; `None` for healthy.
    Leaf(Option<Segment>),
    /// A question.
    Fork {
        /// The figure's name.
        figure: String,
        /// Below this the left side answers.
        below: f64,
        /// Answers where the figure is below.
        left: Box<Tree>,
        /// Answers elsewhere.
        right: Box<Tree>,
    },
}

type Example = ([f64; FIGURES.len()], Option<Segment>);

impl Tree {
    /// The tree that tells these households apart, question by question.
    pub fn fit(rows: &[(&Case, &Features)]) -> Self {
        let examples: Vec<Example> = rows.iter().map(|(case, features)| (features.figures(), case.truth.segment_for(None))).collect();
        grow(&examples.iter().collect::<Vec<_>>(), DEEPEST)
    }

    /// The answer for these figures.
    pub fn decide(&self, figures: &[f64; FIGURES.len()]) -> Option<Segment> {
        match self {
            Self::Leaf(answer) => *answer,
            Self::Fork { figure, below, left, right } => {
                let value = FIGURES.iter().position(|known| known == figure).map_or(-1.0, |index| figures[index]);
                if value < *below { left.decide(figures) } else { right.decide(figures) }
            }
        }
    }
}

fn grow(examples: &[&Example], depth: u32) -> Tree {
    let counts = count(examples);
    let leaf = || Tree::Leaf(most(&counts));
    if depth == 0 || examples.len() < 2 * FEWEST || impurity(&counts) <= 0.0 {
        return leaf();
    }
    let questions = (0..FIGURES.len()).flat_map(|figure| thresholds(examples, figure).into_iter().map(move |below| (figure, below)));
    let best = questions
        .filter_map(|(figure, below)| Some((gain(examples, figure, below)?, figure, below)))
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let Some((_, figure, below)) = best.filter(|(gain, _, _)| *gain > 1e-9) else { return leaf() };
    let (left, right): (Vec<&Example>, Vec<&Example>) = examples.iter().partition(|(figures, _)| figures[figure] < below);
    let (left, right) = (grow(&left, depth - 1), grow(&right, depth - 1));
    if left == right {
        return left;
    }
    Tree::Fork { figure: FIGURES[figure].to_owned(), below, left: Box::new(left), right: Box::new(right) }
}

/// Middles between values spread evenly over the examples, to four digits.
fn thresholds(examples: &[&Example], figure: usize) -> Vec<f64> {
    let mut values: Vec<f64> = examples.iter().map(|(figures, _)| figures[figure]).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let step = (values.len() / THRESHOLDS).max(1);
    values.windows(2).step_by(step).map(|pair| f64::midpoint(pair[0], pair[1])).collect()
}

/// By how much a question lowers the impurity; `None` when one side has too few examples.
fn gain(examples: &[&Example], figure: usize, below: f64) -> Option<f64> {
    let (mut left, mut right) = ([0usize; CLASSES], [0usize; CLASSES]);
    for (figures, answer) in examples {
        if figures[figure] < below { left[class(*answer)] += 1 } else { right[class(*answer)] += 1 }
    }
    let (lefts, rights) = (left.iter().sum::<usize>(), right.iter().sum::<usize>());
    let whole: Vec<usize> = left.iter().zip(right).map(|(a, b)| a + b).collect();
    let weighted = lefts as f64 * impurity(&left) + rights as f64 * impurity(&right);
    (lefts >= FEWEST && rights >= FEWEST).then(|| impurity(&whole) - weighted / examples.len() as f64)
}

const CLASSES: usize = Segment::ALL.len() + 1;

fn class(answer: Option<Segment>) -> usize {
    Segment::ALL.iter().position(|known| Some(*known) == answer).unwrap_or(Segment::ALL.len())
}

fn count(examples: &[&Example]) -> [usize; CLASSES] {
    let mut counts = [0; CLASSES];
    for (_, answer) in examples {
        counts[class(*answer)] += 1;
    }
    counts
}

fn most(counts: &[usize; CLASSES]) -> Option<Segment> {
    let (place, _) = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count)?;
    Segment::ALL.get(place).copied()
}

fn impurity(counts: &[usize]) -> f64 {
    let total = counts.iter().sum::<usize>().max(1) as f64;
    1.0 - counts.iter().map(|count| (*count as f64 / total).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_that_tells_two_kinds_apart_is_found() {
        let example = |signal: f64| {
            let mut figures = [0.0; FIGURES.len()];
            figures[6] = signal;
            (figures, (signal < -75.0).then_some(Segment::Wifi))
        };
        let examples: Vec<Example> = (0..44).map(|step| example(-98.0 + f64::from(step))).collect();
        let tree = grow(&examples.iter().collect::<Vec<_>>(), DEEPEST);
        assert!(examples.iter().all(|(figures, answer)| tree.decide(figures) == *answer), "{tree:?}");
        assert!(matches!(tree, Tree::Fork { figure, below, .. } if figure == "signal, dBm" && (below + 75.5).abs() < 0.1));
    }
}
