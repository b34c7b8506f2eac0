//! Files that know each other in a circle lie in one folder: they are one module, split for its size.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Module, Source};

/// Which files each file knows, as indices.
type Graph = Vec<BTreeSet<usize>>;

/// Every circle that leaves its folder, of one crate.
pub fn found(root: &str, sources: &[Source]) -> Vec<String> {
    let graph = graph(sources);
    let folder = |index: &usize| folder(root, &sources[*index].path);
    let mut findings = Vec::new();
    for circle in components(&graph) {
        if circle.iter().map(folder).collect::<BTreeSet<_>>().len() < 2 {
            continue;
        }
        let inner = |index: &usize| sources[*index].path.trim_start_matches(root);
        let files = circle.iter().map(inner).collect::<Vec<_>>().join(", ");
        let example = shortest(&graph, &circle, folder);
        let example = example.iter().map(inner).collect::<Vec<_>>().join(" -> ");
        findings
            .push(format!("{root}: files of several folders know each other: {files}; a circle: {example}"));
    }
    findings
}

/// Files directly below the root are a folder each.
fn folder<'a>(root: &str, path: &'a str) -> &'a str {
    match path.rsplit_once('/') {
        Some((folder, _)) if folder != root.trim_end_matches('/') => folder,
        _ => path,
    }
}

/// A file and those above or below it in the module tree are one, so that they may know each other.
fn graph(sources: &[Source]) -> Graph {
    let modules: BTreeMap<&[String], usize> =
        sources.iter().enumerate().map(|(index, source)| (source.module.as_slice(), index)).collect();
    let known = |source: &Source| {
        let files = source.names.iter().filter_map(|named| leads_to(sources, &modules, &named.path));
        files.filter(|index| !related(&source.module, &sources[*index].module)).collect()
    };
    sources.iter().map(known).collect()
}

/// Names handed on from file to file before their home is found; more go in a circle.
const HANDS_MAX: usize = 8;

/// The file that a path leads to, past those that only hand it on.
fn leads_to(sources: &[Source], modules: &BTreeMap<&[String], usize>, path: &[String]) -> Option<usize> {
    let mut path = path.to_vec();
    let mut file = nearest(modules, &path)?;
    for _ in 0..HANDS_MAX {
        let Some((name, rest)) = path[sources[file].module.len()..].split_first() else { break };
        let handed = sources[file].names.iter().find(|named| named.exported.as_ref() == Some(name));
        let Some(handed) = handed else { break };
        path = [handed.path.as_slice(), rest].concat();
        file = nearest(modules, &path)?;
    }
    Some(file)
}

/// The file of the longest beginning of a path.
fn nearest(modules: &BTreeMap<&[String], usize>, path: &[String]) -> Option<usize> {
    (0..=path.len()).rev().find_map(|length| modules.get(&path[..length]).copied())
}

fn related(one: &Module, other: &Module) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// The files from which each of the others can be reached, two or more of them, in the order of their paths.
fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let reached: Vec<BTreeSet<usize>> = (0..graph.len()).map(|start| reach(graph, start)).collect();
    let mut components = Vec::new();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    for start in 0..graph.len() {
        if done.contains(&start) || !reached[start].contains(&start) {
            continue;
        }
        let back = |other: &usize| reached[*other].contains(&start);
        let component: Vec<usize> = reached[start].iter().copied().filter(back).collect();
        done.extend(&component);
        components.push(component);
    }
    components
}

/// The files that can be reached from a file; the file itself only by a circle.
fn reach(graph: &Graph, start: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut next = vec![start];
    while let Some(index) = next.pop() {
        next.extend(graph[index].iter().filter(|known| reached.insert(**known)));
    }
    reached
}

/// The shortest circle that goes from one folder to another, with its first file again at the end.
fn shortest<'a>(graph: &Graph, circle: &[usize], folder: impl Fn(&usize) -> &'a str) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    for from in circle {
        for to in graph[*from].iter().filter(|to| circle.contains(to) && folder(from) != folder(to)) {
            let back = way(graph, *to, *from);
            if best.is_empty() || back.len() + 1 < best.len() {
                best = [vec![*from], back].concat();
            }
        }
    }
    best
}

/// The shortest way between two files, both included.
fn way(graph: &Graph, from: usize, to: usize) -> Vec<usize> {
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(index) = next.pop_front() {
        if index == to {
            break;
        }
        for known in &graph[index] {
            if *known != from && !before.contains_key(known) {
                before.insert(*known, index);
                next.push_back(*known);
            }
        }
    }
    let mut way = vec![to];
    let mut last = to;
    while let Some(index) = before.get(&last) {
        way.push(*index);
        last = *index;
    }
    way.reverse();
    way
}
