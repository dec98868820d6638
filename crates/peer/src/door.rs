//! How many may be inside at a time, in all and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Lets in as many as there are places.
pub(crate) struct Door {
    most: usize,
    most_each: usize,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place inside, free again when this is dropped.
pub(crate) struct Place {
    who: IpAddr,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Door {
    pub(crate) fn new(most: usize, most_each: usize) -> Self {
        Self { most, most_each, inside: Arc::default() }
    }

    /// `None` where there is no place.
    pub(crate) fn enter(&self, who: IpAddr) -> Option<Place> {
        let who = household(who);
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.values().sum::<usize>() >= self.most || inside.get(&who).is_some_and(|count| *count >= self.most_each) {
            return None;
        }
        *inside.entry(who).or_default() += 1;
        Some(Place { who, inside: Arc::clone(&self.inside) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.who);
            }
        }
    }
}

/// One home has one IPv4 address, and a network of 64 bits of IPv6.
fn household(who: IpAddr) -> IpAddr {
    match who {
        IpAddr::V4(_) => who,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_for_each_and_given_back() {
        let door = Door::new(3, 2);
        let (one, two): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let first = door.enter(one);
        assert!(first.is_some());
        let second = door.enter(one);
        assert!(second.is_some() && door.enter(one).is_none(), "two of one address");
        let third = door.enter(two);
        assert!(third.is_some() && door.enter(two).is_none(), "three in all");
        drop(first);
        assert!(door.enter(two).is_some());
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_their_places() {
        let door = Door::new(9, 1);
        let _first = door.enter(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, 1]));
        assert!(door.enter(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, 2])).is_none());
        assert!(door.enter(IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1])).is_some());
    }
}
