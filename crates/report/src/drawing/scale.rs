//! Axes from zero with round steps.

/// From zero to a round value, drawn between two places.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    top: f64,
    step: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// An axis that holds `largest` with about `steps` steps; `start` is where zero is drawn.
    pub fn new(largest: f64, steps: u8, start: f64, end: f64) -> Self {
        let largest = if largest.is_finite() && largest > 1e-6 { largest.min(1e12) } else { 1.0 };
        let rough = largest / f64::from(steps.max(1));
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough * 0.999).unwrap_or(rough);
        Self { top: (largest / step * 0.999).ceil() * step, step, start, end }
    }

    /// An axis that ends at `largest` exactly, for time.
    pub fn exact(self, largest: f64) -> Self {
        if largest.is_finite() && largest > 1e-6 { Self { top: largest, ..self } } else { self }
    }

    /// Where a value is drawn; one beyond the axis stands at its end.
    pub fn place(self, value: f64) -> f64 {
        let share = if value.is_finite() { (value / self.top).clamp(0.0, 1.0) } else { 1.0 };
        self.start + (self.end - self.start) * share
    }

    /// Round values along the axis with their labels.
    pub fn ticks(self) -> impl Iterator<Item = (f64, String)> {
        let count = (self.top / self.step * 1.001).floor().min(20.0) as u32;
        let decimals = (-self.step.log10().floor()).clamp(0.0, 4.0) as usize;
        (0..=count).map(move |index| {
            let value = f64::from(index) * self.step;
            (value, format!("{value:.decimals$}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_hold_the_largest_value() {
        for (largest, labels) in [
            (37.0, vec!["0", "10", "20", "30", "40"]),
            (0.9, vec!["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (0.0, vec!["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ] {
            let scale = Scale::new(largest, 5, 0.0, 100.0);
            assert_eq!(scale.ticks().map(|(_, label)| label).collect::<Vec<_>>(), labels);
            assert!(scale.place(largest) < 100.1);
        }
    }

    #[test]
    fn values_beyond_the_axis_stay_on_the_page() {
        let scale = Scale::new(10.0, 5, 100.0, 0.0);
        for value in [f64::INFINITY, f64::NAN, 1e300] {
            assert!(scale.place(value).abs() < 1e-9);
        }
        assert!((scale.place(-5.0) - 100.0).abs() < 1e-9);
    }
}
