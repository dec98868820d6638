//! Signs that work waits or is held back: pressure stall information, swapping, heat. All from files below a root folder.

use std::{fs, path::Path, time::Duration};

use demarc_model::{Pressure, Thermal};

use crate::bounded::read_text;

/// Longest file read; each is a few lines.
const LONGEST_FILE: u64 = 64 * 1024;
/// Most thermal zones, limits of one zone and processors looked at.
const MOST_ZONES: usize = 32;
const MOST_LIMITS: usize = 12;
const MOST_PROCESSORS: usize = 512;

/// Counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Microseconds in which some work stood still: for the processor, for memory, for the disk.
    stalled: [Option<u64>; 3],
    /// Pages moved between memory and swap.
    swapped: Option<u64>,
    /// Times that a processor was slowed down for heat.
    slowed: Option<u64>,
}

impl Counts {
    pub(super) fn read(root: &Path) -> Self {
        let stalled = |what: &str| read_pressure(&read_text(&root.join("proc/pressure").join(what), LONGEST_FILE).ok()?);
        Self {
            stalled: ["cpu", "memory", "io"].map(stalled),
            swapped: read_text(&root.join("proc/vmstat"), LONGEST_FILE).ok().and_then(|text| read_swapped(&text)),
            slowed: slowed(root),
        }
    }

    pub(super) fn pressure_since(&self, before: &Self, elapsed: Duration) -> Option<Pressure> {
        let percent = |index: usize| {
            let (now, then) = (self.stalled.get(index).copied()??, before.stalled.get(index).copied()??);
            let share = now.saturating_sub(then) as f64 / (elapsed.as_micros() as f64).max(1.0);
            Some((share.min(1.0) * 1_000.0).round() / 10.0)
        };
        let [cpu_percent, memory_percent, io_percent] = [0, 1, 2].map(percent);
        let pressure = Pressure { cpu_percent, memory_percent, io_percent };
        (pressure != Pressure::default()).then_some(pressure)
    }

    /// Bytes a second.
    pub(super) fn swapped_since(&self, before: &Self, elapsed: Duration) -> Option<f64> {
        const PAGE: f64 = 4_096.0;
        let pages = self.swapped?.saturating_sub(before.swapped?) as f64;
        Some((pages * PAGE / elapsed.as_secs_f64().max(1e-3)).round())
    }

    pub(super) fn slowed_since(&self, before: &Self) -> Option<u32> {
        u32::try_from(self.slowed?.saturating_sub(before.slowed?)).ok()
    }
}

/// Heat now; the times that it slowed a processor down come from two counts.
pub(super) fn thermal(root: &Path, slowed_times: Option<u32>) -> Option<Thermal> {
    let zone = hottest(root);
    let thermal = Thermal {
        slowed_times,
        celsius: zone.map(|(celsius, _)| celsius),
        limit_celsius: zone.map(|(_, limit)| limit),
        frequency_percent: frequency(root),
    };
    (thermal != Thermal::default()).then_some(thermal)
}

/// `some avg10=0.00 avg60=0.00 avg300=0.00 total=12345`: microseconds in all.
fn read_pressure(text: &str) -> Option<u64> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    some.split_ascii_whitespace().find_map(|word| word.strip_prefix("total="))?.parse().ok()
}

fn read_swapped(text: &str) -> Option<u64> {
    let count = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.trim().parse::<u64>().ok());
    Some(count("pswpin ")?.saturating_add(count("pswpout ")?))
}

fn slowed(root: &Path) -> Option<u64> {
    let counts = entries(&root.join("sys/devices/system/cpu"), "cpu", MOST_PROCESSORS);
    let counts = counts.filter_map(|cpu| number(&cpu.join("thermal_throttle/core_throttle_count")));
    counts.fold(None, |sum: Option<u64>, count| Some(sum.unwrap_or(0).saturating_add(u64::try_from(count).unwrap_or(0))))
}

/// Temperature and limit of the zone nearest to its limit, in degrees. The limit is where the system begins to slow things down.
fn hottest(root: &Path) -> Option<(f64, f64)> {
    let zones = entries(&root.join("sys/class/thermal"), "thermal_zone", MOST_ZONES).filter_map(|zone| {
        let celsius = degrees(number(&zone.join("temp"))?)?;
        let limit = (0..MOST_LIMITS)
            .filter(|index| {
                let kind = read_text(&zone.join(format!("trip_point_{index}_type")), 32).unwrap_or_default();
                matches!(kind.trim(), "passive" | "hot")
            })
            .filter_map(|index| degrees(number(&zone.join(format!("trip_point_{index}_temp")))?))
            .min_by(f64::total_cmp)?;
        Some((celsius, limit))
    });
    zones.min_by(|one, next| (one.1 - one.0).total_cmp(&(next.1 - next.0)))
}

/// Thousandths of a degree; what no computer survives is an error of the sensor.
fn degrees(thousandths: i64) -> Option<f64> {
    let celsius = thousandths as f64 / 1e3;
    (celsius > 0.0 && celsius < 150.0).then_some(celsius)
}

/// Highest frequency allowed now as a share of the highest possible, of the processor held back most.
fn frequency(root: &Path) -> Option<f64> {
    let policies = entries(&root.join("sys/devices/system/cpu/cpufreq"), "policy", MOST_PROCESSORS);
    let shares = policies.filter_map(|policy| {
        let limit = |file: &str| number(&policy.join(file)).filter(|hertz| *hertz > 0);
        let highest = limit("cpuinfo_max_freq")?;
        let allowed = limit("scaling_max_freq")?.min(limit("bios_limit").unwrap_or(i64::MAX));
        Some((100.0 * allowed as f64 / highest as f64).min(100.0).round())
    });
    shares.min_by(f64::total_cmp)
}

/// Folders named `prefix` and a number.
fn entries(folder: &Path, prefix: &'static str, most: usize) -> impl Iterator<Item = std::path::PathBuf> + use<> {
    let is_one =
        move |name: &str| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let found = fs::read_dir(folder).into_iter().flatten().take(4 * most).filter_map(Result::ok);
    found.filter(move |entry| entry.file_name().to_str().is_some_and(is_one)).map(|entry| entry.path()).take(most)
}

fn number(path: &Path) -> Option<i64> {
    read_text(path, 32).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn what_happened_between_two_counts_is_told() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let fill = |total: u64, pages: u64, slowed: u64| {
            write(root, "proc/pressure/cpu", &format!("some avg10=1.00 avg60=0.10 avg300=0.00 total={total}\n"));
            write(root, "proc/pressure/memory", &format!("some avg10=0.00 total={}\nfull avg10=0.00 total=7\n", total / 2));
            write(root, "proc/vmstat", &format!("nr_free_pages 12\npswpin {pages}\npswpout 100\n"));
            write(root, "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", &slowed.to_string());
            write(root, "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "5");
        };
        fill(1_000_000, 0, 5);
        let before = Counts::read(root);
        fill(1_500_000, 250, 8);
        let (now, second) = (Counts::read(root), Duration::from_secs(1));
        let pressure = now.pressure_since(&before, second).unwrap();
        assert_eq!((pressure.cpu_percent, pressure.memory_percent, pressure.io_percent), (Some(50.0), Some(25.0), None));
        assert_eq!(now.swapped_since(&before, second), Some(1_024_000.0));
        assert_eq!(now.slowed_since(&before), Some(3));
        assert_eq!(before.slowed_since(&now), Some(0), "a counter that went back");
    }

    #[test]
    fn the_zone_nearest_to_its_limit_and_the_slowest_processor_count() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for (zone, temp, trips) in
            [(0, "45000", [("critical", "105000"), ("passive", "95000")]), (1, "88000", [("active", "50000"), ("hot", "90000")])]
        {
            write(root, &format!("sys/class/thermal/thermal_zone{zone}/temp"), temp);
            for (index, (kind, limit)) in trips.iter().enumerate() {
                write(root, &format!("sys/class/thermal/thermal_zone{zone}/trip_point_{index}_type"), kind);
                write(root, &format!("sys/class/thermal/thermal_zone{zone}/trip_point_{index}_temp"), limit);
            }
        }
        for (policy, allowed) in [(0, "4000000"), (4, "1000000")] {
            write(root, &format!("sys/devices/system/cpu/cpufreq/policy{policy}/cpuinfo_max_freq"), "4000000");
            write(root, &format!("sys/devices/system/cpu/cpufreq/policy{policy}/scaling_max_freq"), allowed);
        }
        let heat = thermal(root, Some(2)).unwrap();
        assert_eq!(heat, Thermal { slowed_times: Some(2), celsius: Some(88.0), limit_celsius: Some(90.0), frequency_percent: Some(25.0) });
    }

    #[test]
    fn nothing_and_nonsense_are_absent() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!((Counts::read(root.path()), thermal(root.path(), None)), (Counts::default(), None));
        for text in ["", "some", "some total=", "some total=x", "full total=5", "some total=-1"] {
            assert_eq!(read_pressure(text), None, "{text:?}");
        }
        assert_eq!(read_swapped("pswpin 1\npswpoutx 2"), None);
        write(root.path(), "sys/class/thermal/thermal_zone0/temp", "999999999");
        write(root.path(), "sys/class/thermal/thermal_zone0/trip_point_0_type", "passive");
        write(root.path(), "sys/class/thermal/thermal_zone0/trip_point_0_temp", "0");
        write(root.path(), "sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "0");
        assert_eq!(thermal(root.path(), None), None);
    }
}
