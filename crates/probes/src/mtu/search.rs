//! Which packet size to try next.

/// A search for the largest size that passes, between what every link carries and a ceiling.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    floor: u16,
    ceiling: u16,
    passed: Option<u16>,
    failed: Option<u16>,
    /// The size that a router says fits.
    hint: Option<u16>,
}

impl Search {
    /// `floor` is the size that every link must carry.
    pub(super) fn new(floor: u16, ceiling: u16) -> Self {
        Self { floor: floor.min(ceiling), ceiling, passed: None, failed: None, hint: None }
    }

    /// The next size to try: the ceiling, what a router said, the floor, then halves of what is left.
    pub(super) fn next(&self) -> Option<u16> {
        let Some(failed) = self.failed else { return self.passed.is_none().then_some(self.ceiling) };
        let hint = self.hint.filter(|hint| *hint < failed);
        match self.passed {
            None => hint.or((self.floor < failed).then_some(self.floor)),
            Some(passed) if failed - passed <= 1 => None,
            Some(passed) => hint.filter(|hint| *hint > passed).or(Some(passed + (failed - passed) / 2)),
        }
    }

    pub(super) fn passed(&mut self, size: u16) {
        self.passed = self.passed.max(Some(size));
        if self.hint == Some(size) {
            // The router that named this size refuses the next one.
            self.failed(size.saturating_add(1), None);
        }
    }

    /// `told` is the size that a router says fits, when one said so.
    pub(super) fn failed(&mut self, size: u16, told: Option<u32>) {
        self.failed = Some(self.failed.map_or(size, |failed| failed.min(size)));
        let told = told.and_then(|told| u16::try_from(told).ok()).filter(|told| (self.floor..size).contains(told));
        self.hint = told.or(self.hint);
    }

    pub(super) fn largest_passed(&self) -> Option<u16> {
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a search on a path that carries `limit`; returns what it found and how many sizes it tried.
    fn search(limit: u16, told: Option<u32>) -> (Option<u16>, u32) {
        let mut search = Search::new(576, 1500);
        let mut tries = 0;
        while let Some(size) = search.next() {
            tries += 1;
            assert!(tries < 20);
            if size <= limit { search.passed(size) } else { search.failed(size, told) }
        }
        (search.largest_passed(), tries)
    }

    #[test]
    fn every_limit_is_found_to_the_byte() {
        for limit in 576..=1500 {
            let (found, tries) = search(limit, None);
            assert_eq!(found, Some(limit));
            assert!(tries <= 12, "{limit}: {tries}");
        }
        assert_eq!(search(1500, None), (Some(1500), 1));
        assert_eq!(search(0, None), (None, 2));
    }

    #[test]
    fn a_router_that_tells_its_limit_shortens_the_search_and_a_lying_one_cannot_prolong_it() {
        assert_eq!(search(1400, Some(1400)), (Some(1400), 2));
        for lie in [0, 1, 68, 575, 1450, 1500, 9000, u32::MAX] {
            assert!(matches!(search(1400, Some(lie)), (Some(1400), tries) if tries <= 13), "{lie}");
        }
    }
}
