//! Limits of control groups, versions 1 and 2, by `/proc/self/cgroup` and `/proc/self/mountinfo`.

use std::path::{Component, Path, PathBuf};

/// Version 1 writes "no limit" as a number close to the largest of 64 bits.
const NO_LIMIT_V1: u64 = 1 << 62;

/// Processor time in each period, both in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuQuota {
    pub quota_us: u64,
    pub period_us: u64,
}

impl CpuQuota {
    pub fn cpus(self) -> f64 {
        self.quota_us as f64 / self.period_us.max(1) as f64
    }
}

/// The groups this process is in, as directories from its own up to the root of each mount.
#[derive(Debug, Clone, Default)]
pub struct Cgroups {
    unified: Vec<PathBuf>,
    memory: Vec<PathBuf>,
    cpu: Vec<PathBuf>,
    cpuacct: Vec<PathBuf>,
}

impl Cgroups {
    /// From the text of the two files; directories are looked for below `root`.
    pub fn new(root: &Path, cgroup: &str, mountinfo: &str) -> Self {
        let mounts: Vec<_> = mountinfo.lines().filter_map(Mount::parse).collect();
        let mut groups = Self::default();
        for line in cgroup.lines() {
            let mut parts = line.splitn(3, ':');
            let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let directories = |wanted: Option<&str>| {
                let mount = mounts.iter().find(|mount| mount.serves(wanted));
                mount.map_or_else(Vec::new, |mount| mount.directories(root, path))
            };
            if controllers.is_empty() {
                groups.unified = directories(None);
                continue;
            }
            for controller in controllers.split(',') {
                match controller {
                    "memory" => groups.memory = directories(Some("memory")),
                    "cpu" => groups.cpu = directories(Some("cpu")),
                    "cpuacct" => groups.cpuacct = directories(Some("cpuacct")),
                    _ => {}
                }
            }
        }
        groups
    }

    /// The smallest memory limit from our group upwards, in bytes.
    pub fn memory_limit(&self) -> Option<u64> {
        let v1 = self.memory.iter().filter_map(|group| number(&group.join("memory.limit_in_bytes")));
        let v2 = self.unified.iter().filter_map(|group| number(&group.join("memory.max")));
        v1.filter(|limit| *limit < NO_LIMIT_V1).chain(v2).min()
    }

    /// The tightest quota from our group upwards.
    pub fn cpu_quota(&self) -> Option<CpuQuota> {
        let v1 = self.cpu.iter().filter_map(|group| {
            // Not limited is -1, which is no unsigned number.
            let quota_us = number(&group.join("cpu.cfs_quota_us"))?;
            Some(CpuQuota { quota_us, period_us: number(&group.join("cpu.cfs_period_us"))? })
        });
        let v2 = self.unified.iter().filter_map(|group| {
            let text = std::fs::read_to_string(group.join("cpu.max")).ok()?;
            let (quota, period) = text.trim().split_once(' ')?;
            Some(CpuQuota { quota_us: quota.parse().ok()?, period_us: period.parse().ok()? })
        });
        v1.chain(v2)
            .filter(|quota| quota.quota_us > 0 && quota.period_us > 0)
            .min_by(|a, b| a.cpus().total_cmp(&b.cpus()))
    }

    /// The file that counts the processor time our own group has used.
    pub fn cpu_usage_file(&self) -> Option<PathBuf> {
        let v1 = self.cpuacct.first().map(|group| group.join("cpuacct.usage"));
        let v2 = self.unified.first().map(|group| group.join("cpu.stat"));
        [v1, v2].into_iter().flatten().find(|file| cpu_usage_nanos(file).is_some())
    }
}

/// Processor time used so far, in nanoseconds: `cpuacct.usage` of version 1 or `cpu.stat` of version 2.
pub fn cpu_usage_nanos(file: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    if let Ok(nanos) = text.trim().parse() {
        return Some(nanos);
    }
    let line = text.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
    line.trim().parse::<u64>().ok().map(|micros| micros * 1_000)
}

fn number(file: &Path) -> Option<u64> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// One mount of a control group file system.
struct Mount<'a> {
    /// Which directory of the file system is mounted.
    root: &'a str,
    point: &'a str,
    /// The controllers of version 1; `None` for version 2.
    controllers: Option<&'a str>,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (left, right) = line.split_once(" - ")?;
        let mut left = left.split(' ').skip(3);
        let (root, point) = (left.next()?, left.next()?);
        let mut right = right.split(' ');
        match (right.next()?, right.nth(1)) {
            ("cgroup2", _) => Some(Self { root, point, controllers: None }),
            ("cgroup", Some(options)) => Some(Self { root, point, controllers: Some(options) }),
            _ => None,
        }
    }

    fn serves(&self, wanted: Option<&str>) -> bool {
        match (self.controllers, wanted) {
            (None, None) => true,
            (Some(options), Some(wanted)) => options.split(',').any(|option| option == wanted),
            _ => false,
        }
    }

    /// The directory of a group and those above it, up to the mount point.
    fn directories(&self, root: &Path, path: &str) -> Vec<PathBuf> {
        let top = root.join(self.point.trim_start_matches('/'));
        let below = Path::new(path).strip_prefix(self.root).unwrap_or(Path::new(""));
        // A path out of the namespace (`/../…`) is not below the mount: its root is all there is to see.
        let inside = below.components().all(|part| matches!(part, Component::Normal(_) | Component::RootDir));
        let own = if inside { top.join(below.strip_prefix("/").unwrap_or(below)) } else { top.clone() };
        let own = if own.is_dir() { own } else { top.clone() };
        own.ancestors().take_while(|group| group.starts_with(&top)).map(Path::to_owned).collect()
    }
}
