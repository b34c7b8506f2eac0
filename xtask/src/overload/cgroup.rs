//! A control group of a run's own, version 1 or 2, where this process may make one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Microseconds of a period of processor time.
const PERIOD_US: u64 = 100_000;

/// The directories of the group; removed at the end.
pub struct Cgroup {
    directories: Vec<PathBuf>,
    memory_usage: Option<PathBuf>,
    oom_kills: Option<PathBuf>,
}

impl Cgroup {
    /// A group with so much memory and so many processors, or why there is none.
    pub fn make(memory_mib: u64, cpus: f64) -> Result<Self, String> {
        let name = format!("erp-overload-{}", std::process::id());
        let root = Path::new("/sys/fs/cgroup");
        let quota = (cpus * PERIOD_US as f64) as u64;
        if root.join("cgroup.controllers").is_file() {
            return Self::unified(&root.join(name), memory_mib, quota);
        }
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let place = |controller: &str| {
            let line = own.lines().find(|line| {
                line.split(':').nth(1).is_some_and(|names| names.split(',').any(|name| name == controller))
            });
            let below = line.and_then(|line| line.splitn(3, ':').nth(2)).unwrap_or("/");
            let mounted = root.join(controller);
            let nested = mounted.join(below.trim_start_matches('/'));
            if nested.is_dir() { nested } else { mounted }.join(&name)
        };
        let (memory, cpu) = (place("memory"), place("cpu"));
        let group = Self {
            directories: vec![memory.clone(), cpu.clone()],
            memory_usage: Some(memory.join("memory.max_usage_in_bytes")),
            oom_kills: Some(memory.join("memory.oom_control")),
        };
        for directory in &group.directories {
            fs::create_dir(directory).map_err(|error| failed(directory, &error))?;
        }
        // Processor time used is counted by a controller of its own, and the server asks for it.
        let accounting = place("cpuacct");
        let mut group = group;
        if accounting != cpu && fs::create_dir(&accounting).is_ok() {
            group.directories.push(accounting);
        }
        write(&memory.join("memory.limit_in_bytes"), memory_mib << 20)?;
        write(&cpu.join("cpu.cfs_period_us"), PERIOD_US)?;
        write(&cpu.join("cpu.cfs_quota_us"), quota)?;
        Ok(group)
    }

    fn unified(directory: &Path, memory_mib: u64, quota: u64) -> Result<Self, String> {
        fs::create_dir(directory).map_err(|error| failed(directory, &error))?;
        let group = Self {
            directories: vec![directory.to_owned()],
            memory_usage: Some(directory.join("memory.peak")),
            oom_kills: Some(directory.join("memory.events")),
        };
        write(&directory.join("memory.max"), memory_mib << 20)?;
        write(&directory.join("cpu.max"), format!("{quota} {PERIOD_US}"))?;
        Ok(group)
    }

    /// A command that first enters the group.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("bash");
        let enter: String = self
            .directories
            .iter()
            .map(|directory| format!("echo $$ > '{}/cgroup.procs' && ", directory.display()))
            .collect();
        command.args(["-c", &format!("{enter}exec \"$0\"")]).arg(program);
        command
    }

    /// How often the kernel killed for want of memory.
    pub fn oom_kills(&self) -> Option<u64> {
        let text = fs::read_to_string(self.oom_kills.as_ref()?).ok()?;
        text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
    }

    /// The most memory the group has ever used, page cache included, in MiB.
    pub fn peak_mib(&self) -> Option<f64> {
        let text = fs::read_to_string(self.memory_usage.as_ref()?).ok()?;
        text.trim().parse::<f64>().ok().map(|bytes| bytes / 1_048_576.0)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        for directory in &self.directories {
            // The server has ended by now; what is left shows in the tree of groups.
            let _ = fs::remove_dir(directory);
        }
    }
}

fn write(file: &Path, value: impl ToString) -> Result<(), String> {
    fs::write(file, value.to_string()).map_err(|error| failed(file, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
