//! The resources this process may use: memory, processors and files, as its control groups and the kernel say. Limits
//! that are not set are derived from them, so that a small container sheds load where a large machine serves it.

mod cgroup;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub use cgroup::{Cgroups, CpuQuota};

/// Processor time a control group has used so far, by the file that counts it.
pub fn cpu_usage(file: &Path) -> Option<std::time::Duration> {
    cgroup::cpu_usage_nanos(file).map(std::time::Duration::from_nanos)
}

/// Assumed where the kernel does not say how much memory there is.
const MEMORY_BYTES_UNKNOWN: u64 = 1 << 30;
/// Assumed where the kernel does not say how many files may be open: the smallest default of common systems.
const OPEN_FILES_UNKNOWN: u64 = 1_024;

/// The share of the machine that is ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    /// The smallest memory limit of any control group above us, or the memory of the machine.
    pub memory_bytes: u64,
    /// Processors, which may be a fraction.
    pub cpus: f64,
    /// The quota behind `cpus`, where there is one.
    pub quota: Option<CpuQuota>,
    /// Files and sockets that may be open at once.
    pub open_files: u64,
    /// Counts the processor time the control group has used, where there is a quota.
    pub usage: Option<PathBuf>,
}

impl Resources {
    /// The resources of this process, read once.
    pub fn of_process() -> &'static Self {
        static RESOURCES: LazyLock<Resources> = LazyLock::new(|| Resources::read(Path::new("/")));
        &RESOURCES
    }

    /// Reads the resources below a root directory, which is another one in tests.
    pub fn read(root: &Path) -> Self {
        let file = |name: &str| std::fs::read_to_string(root.join(name)).unwrap_or_default();
        let groups = Cgroups::new(root, &file("proc/self/cgroup"), &file("proc/self/mountinfo"));
        let machine = memory_total(&file("proc/meminfo")).unwrap_or(MEMORY_BYTES_UNKNOWN);
        let processors = std::thread::available_parallelism().map_or(1.0, |count| count.get() as f64);
        let quota = groups.cpu_quota();
        Self {
            memory_bytes: groups.memory_limit().map_or(machine, |limit| limit.min(machine)),
            cpus: quota.map_or(processors, |quota| quota.cpus().min(processors)),
            usage: quota.and_then(|_| groups.cpu_usage_file()),
            quota,
            open_files: open_files(&file("proc/self/limits")).unwrap_or(OPEN_FILES_UNKNOWN),
        }
    }

    /// Threads that run requests: one for each processor, and two for a whole one, so that one long computation does not
    /// keep everything else waiting. With a part of a processor a second thread would only use the quota up sooner, and
    /// waking one another costs more than it helps.
    pub fn worker_threads(&self) -> usize {
        if self.cpus < 1.0 { 1 } else { (self.cpus.ceil() as usize).max(2) }
    }

    /// Connections of the embedded engine that read.
    pub fn readers(&self) -> usize {
        ((self.cpus * 2.0).ceil() as usize).clamp(2, 8)
    }

    /// Memory for the pages of the embedded engine.
    pub fn page_cache_bytes(&self) -> u64 {
        const MEMORY_PART: u64 = 16;
        (self.memory_bytes / MEMORY_PART).clamp(16 << 20, 256 << 20)
    }

    /// Threads that wait for files and compute what takes long.
    pub fn blocking_threads(&self) -> usize {
        const PER_CPU: f64 = 32.0;
        ((self.cpus * PER_CPU).ceil() as usize).clamp(32, 512)
    }
}

/// `MemTotal` of `/proc/meminfo`, in bytes.
fn memory_total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// The soft limit of open files of `/proc/self/limits`.
fn open_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

/// The memory that the process holds as a share of its limit, from 0 to 1; `None` where the kernel does not say.
pub fn memory_usage() -> Option<f64> {
    let part = resident_bytes() as f64 / Resources::of_process().memory_bytes.max(1) as f64;
    (part > 0.0).then_some(part)
}

/// The memory this process holds, in bytes; 0 where the kernel does not say.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).map_or(0, |kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files below a root of their own.
    fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        root
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemTotal:        8000000 kB\nMemFree: 1 kB\n");
    const LIMITS: (&str, &str) = (
        "proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units\nMax open files            4096                 524288               files\n",
    );

    #[test]
    fn version_2_counts_the_tightest_group_on_the_way_up() {
        let root = root(&[
            MEMINFO,
            LIMITS,
            ("proc/self/cgroup", "0::/kubepods/pod1/api\n"),
            ("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
            ("sys/fs/cgroup/kubepods/pod1/api/memory.max", "max\n"),
            ("sys/fs/cgroup/kubepods/pod1/api/cpu.max", "50000 100000\n"),
            ("sys/fs/cgroup/kubepods/pod1/api/cpu.stat", "usage_usec 77\n"),
            ("sys/fs/cgroup/kubepods/pod1/memory.max", "536870912\n"),
            ("sys/fs/cgroup/kubepods/pod1/cpu.max", "max 100000\n"),
            ("sys/fs/cgroup/kubepods/memory.max", "4294967296\n"),
        ]);
        let resources = Resources::read(root.path());
        assert_eq!((resources.memory_bytes, resources.open_files), (512 << 20, 4_096));
        assert!((resources.cpus - 0.5).abs() < 1e-9, "{resources:?}");
        let usage = resources.usage.unwrap();
        assert!(usage.ends_with("kubepods/pod1/api/cpu.stat"), "{}", usage.display());
        assert_eq!(cgroup::cpu_usage_nanos(&usage), Some(77_000));
        let again = Resources::read(root.path());
        assert_eq!((again.worker_threads(), again.blocking_threads(), again.readers()), (1, 32, 2));
        assert_eq!(again.page_cache_bytes(), 32 << 20);
    }

    #[test]
    fn a_container_of_version_2_sees_its_own_group_as_the_root() {
        let root = root(&[
            MEMINFO,
            ("proc/self/cgroup", "0::/\n"),
            ("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
            ("sys/fs/cgroup/memory.max", "268435456\n"),
            ("sys/fs/cgroup/cpu.max", "150000 100000\n"),
        ]);
        let resources = Resources::read(root.path());
        assert_eq!(resources.memory_bytes, 256 << 20);
        assert!((resources.quota.unwrap().cpus() - 1.5).abs() < 1e-9);
        assert_eq!(resources.open_files, OPEN_FILES_UNKNOWN);
    }

    #[test]
    fn version_1_has_a_tree_for_each_controller() {
        let root = root(&[
            MEMINFO,
            ("proc/self/cgroup", "4:memory:/erp\n3:cpu,cpuacct:/erp/api\n0::/\n"),
            (
                "proc/self/mountinfo",
                "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
                 35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n\
                 41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            ),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory/erp/memory.limit_in_bytes", "536870912\n"),
            ("sys/fs/cgroup/cpu,cpuacct/erp/api/cpu.cfs_quota_us", "50000\n"),
            ("sys/fs/cgroup/cpu,cpuacct/erp/api/cpu.cfs_period_us", "100000\n"),
            ("sys/fs/cgroup/cpu,cpuacct/erp/api/cpuacct.usage", "123456\n"),
            ("sys/fs/cgroup/cpu,cpuacct/erp/cpu.cfs_quota_us", "-1\n"),
            ("sys/fs/cgroup/cpu,cpuacct/erp/cpu.cfs_period_us", "100000\n"),
        ]);
        let resources = Resources::read(root.path());
        assert_eq!(resources.memory_bytes, 512 << 20);
        assert!((resources.cpus - 0.5).abs() < 1e-9, "{resources:?}");
        assert_eq!(cgroup::cpu_usage_nanos(&resources.usage.unwrap()), Some(123_456));
    }

    #[test]
    fn a_container_of_version_1_reads_below_the_root_of_its_mount() {
        let root = root(&[
            MEMINFO,
            ("proc/self/cgroup", "4:memory:/docker/abc\n3:cpu:/docker/abc\n2:cpuacct:/docker/abc\n"),
            (
                "proc/self/mountinfo",
                "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n\
                 36 31 0:33 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n",
            ),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n"),
            ("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n"),
            ("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"),
        ]);
        let resources = Resources::read(root.path());
        assert_eq!(resources.memory_bytes, 128 << 20);
        assert!((resources.quota.unwrap().cpus() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_machine_without_limits_is_used_whole() {
        let root = root(&[MEMINFO, ("proc/self/cgroup", "0::/\n")]);
        let resources = Resources::read(root.path());
        assert_eq!((resources.memory_bytes, resources.quota), (8_000_000 * 1024, None));
        assert!(resources.cpus >= 1.0);
        let nothing = tempfile::tempdir().unwrap();
        assert_eq!(Resources::read(nothing.path()).memory_bytes, MEMORY_BYTES_UNKNOWN);
    }

    #[test]
    fn this_process_has_memory_and_files() {
        let resources = Resources::of_process();
        assert!(resources.memory_bytes > 0 && resources.open_files > 0 && resources.cpus > 0.0);
        assert!(resident_bytes() > 0);
    }
}
