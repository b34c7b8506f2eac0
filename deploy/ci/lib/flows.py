"""Evaluates network policies over rendered manifests: what reaches what.

flows.py RENDERED asks the flows of deploy/policy/flows of every overlay. A flow passes when the sender's policies let it out and the
receiver's let it in; a pod that no policy selects for a direction is open in it. What this does not know of a policy ends it.
"""

import ipaddress
import pathlib
import re
import sys

import yaml

FLOWS = pathlib.Path("deploy/policy/flows")
NAMESPACE_NAME = "kubernetes.io/metadata.name"


class Unknown(Exception):
    """A policy says something that this does not evaluate."""


def known(where: str, thing: dict, fields: set[str]) -> None:
    if strange := set(thing) - fields:
        raise Unknown(f"{where}: {', '.join(sorted(strange))}")


class Endpoint:
    """A pod (namespace, labels, named ports), the kubelet of its node, or an address outside with the name it was looked up by."""

    def __init__(self, namespace=None, labels=None, ports=None, ip=None, fqdn=None, node=False):
        self.namespace, self.labels, self.ports = namespace, labels or {}, ports or {}
        self.ip, self.fqdn, self.node = ipaddress.ip_address(ip) if ip else None, fqdn, node

    @property
    def pod(self) -> bool:
        return self.namespace is not None


def selects(selector: dict, labels: dict) -> bool:
    known("selector", selector, {"matchLabels", "matchExpressions"})
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    for expression in selector.get("matchExpressions") or []:
        value, values = labels.get(expression["key"]), expression.get("values") or []
        holds = {
            "In": value in values,
            # Also of a label that is not there.
            "NotIn": value not in values,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }[expression["operator"]]
        if not holds:
            return False
    return True


class Network:
    def __init__(self, objects: list[dict], namespaces: dict[str, dict] | None = None):
        self.policies = [one for one in objects if one["kind"] == "NetworkPolicy"]
        self.cilium = [one for one in objects if one["kind"] == "CiliumNetworkPolicy"]
        if others := {one["kind"] for one in objects if one["kind"].endswith("NetworkPolicy")} - {"NetworkPolicy", "CiliumNetworkPolicy"}:
            raise Unknown(", ".join(others))
        for one in self.policies:
            known(one["metadata"]["name"], one["spec"], {"podSelector", "policyTypes", "ingress", "egress"})
        for one in self.cilium:
            known(one["metadata"]["name"], one["spec"], {"description", "endpointSelector", "egress", "egressDeny"})
        self.namespaces = dict(namespaces or {})
        for one in objects:
            if one["kind"] == "Namespace":
                self.namespaces[one["metadata"]["name"]] = one["metadata"].get("labels") or {}

    def namespace_labels(self, name: str) -> dict:
        # Kubernetes gives this label, whatever else a namespace has.
        return {**self.namespaces.get(name, {}), NAMESPACE_NAME: name}

    def passes(self, sender: Endpoint, receiver: Endpoint, port: int, protocol: str = "TCP") -> bool:
        return self.allowed(sender, receiver, receiver, "egress", port, protocol) and self.allowed(
            receiver, sender, receiver, "ingress", port, protocol
        )

    def allowed(self, pod: Endpoint, peer: Endpoint, receiver: Endpoint, way: str, port: int, protocol: str) -> bool:
        """Whether the policies of `pod` let it talk with `peer` in that direction."""
        # Nobody's policy is asked of what is no pod, and a node reaches its own pods always.
        if not pod.pod or peer.node:
            return True
        closed = False
        for policy in self.policies:
            spec = policy["spec"]
            types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]
            if policy["metadata"]["namespace"] != pod.namespace or not selects(spec.get("podSelector") or {}, pod.labels):
                continue
            if way.capitalize() not in types:
                continue
            closed = True
            side = "from" if way == "ingress" else "to"
            for rule in spec.get(way) or []:
                known(policy["metadata"]["name"], rule, {side, "ports"})
                if self.has_peer(rule.get(side), peer, pod.namespace) and has_port(rule.get("ports"), receiver, port, protocol):
                    return self.not_denied(pod, peer, way, port, protocol)
        for policy in self.cilium_of(pod):
            spec = policy["spec"]
            # A section closes its direction, deny rules alone as well.
            closed = closed or way in spec or f"{way}Deny" in spec
            for rule in spec.get(way) or []:
                if self.cilium_matches(rule, policy, pod, peer, way, port, protocol):
                    return self.not_denied(pod, peer, way, port, protocol)
        return not closed

    def has_peer(self, peers: list | None, endpoint: Endpoint, own: str) -> bool:
        if not peers:
            return True
        for peer in peers:
            known("peer", peer, {"ipBlock", "podSelector", "namespaceSelector"})
            if block := peer.get("ipBlock"):
                # Pods are told by labels, not by addresses: that is how Cilium reads it.
                inside = not endpoint.pod and endpoint.ip is not None and endpoint.ip in ipaddress.ip_network(block["cidr"])
                if inside and not any(endpoint.ip in ipaddress.ip_network(one) for one in block.get("except") or []):
                    return True
                continue
            if not endpoint.pod:
                continue
            if "namespaceSelector" in peer:
                there = selects(peer["namespaceSelector"], self.namespace_labels(endpoint.namespace))
            else:
                there = endpoint.namespace == own
            if there and selects(peer.get("podSelector") or {}, endpoint.labels):
                return True
        return False

    def cilium_of(self, pod: Endpoint) -> list[dict]:
        return [
            one
            for one in self.cilium
            if one["metadata"]["namespace"] == pod.namespace and selects(plain(one["spec"]["endpointSelector"]), pod.labels)
        ]

    def not_denied(self, pod: Endpoint, peer: Endpoint, way: str, port: int, protocol: str) -> bool:
        return not any(
            self.cilium_matches(rule, policy, pod, peer, f"{way}Deny", port, protocol)
            for policy in self.cilium_of(pod)
            for rule in policy["spec"].get(f"{way}Deny") or []
        )

    def cilium_matches(self, rule: dict, policy: dict, pod: Endpoint, peer: Endpoint, way: str, port: int, protocol: str) -> bool:
        known(policy["metadata"]["name"], rule, {"toEndpoints", "toFQDNs", "toCIDR", "toPorts"})
        if not cilium_port(rule.get("toPorts"), port, protocol):
            return False
        if "toEndpoints" in rule and peer.pod:
            labels = {**peer.labels, "io.kubernetes.pod.namespace": peer.namespace}
            for selector in map(plain, rule["toEndpoints"]):
                # Without a namespace in the selector, the policy's own is meant.
                named = "io.kubernetes.pod.namespace" in str(selector)
                if selects(selector, labels) and (named or peer.namespace == policy["metadata"]["namespace"]):
                    return True
        if peer.ip and not peer.pod and any(peer.ip in ipaddress.ip_network(one) for one in rule.get("toCIDR") or []):
            return True
        if peer.fqdn and any(names(one, peer.fqdn) for one in rule.get("toFQDNs") or []):
            # Only the answers that pass Cilium's proxy tell it which addresses a name has.
            return self.name_is_learned(pod, peer.fqdn)
        return not set(rule) & {"toEndpoints", "toFQDNs", "toCIDR"}

    def name_is_learned(self, pod: Endpoint, name: str) -> bool:
        return any(
            names(pattern, name)
            for policy in self.cilium_of(pod)
            for rule in policy["spec"].get("egress") or []
            for ports in rule.get("toPorts") or []
            for pattern in (ports.get("rules") or {}).get("dns") or []
        )


def plain(selector: dict) -> dict:
    """A selector of Cilium without the source that its labels may begin with."""
    strip = lambda key: key.removeprefix("k8s:")  # noqa: E731
    result = dict(selector)
    if "matchLabels" in result:
        result["matchLabels"] = {strip(key): value for key, value in result["matchLabels"].items()}
    if "matchExpressions" in result:
        result["matchExpressions"] = [{**one, "key": strip(one["key"])} for one in result["matchExpressions"]]
    return result


def names(rule: dict, name: str) -> bool:
    if "matchName" in rule:
        return rule["matchName"].rstrip(".").lower() == name
    pattern = rule["matchPattern"].lower()
    # A star is one label's characters; alone it is any name.
    return pattern == "*" or re.fullmatch(re.escape(pattern).replace(r"\*", "[-a-z0-9_]*"), name) is not None


def has_port(ports: list | None, receiver: Endpoint, port: int, protocol: str) -> bool:
    if not ports:
        return True
    for one in ports:
        if one.get("protocol", "TCP") != protocol:
            continue
        first = one.get("port")
        if isinstance(first, str):
            # A named port is that of the pod that receives.
            first = receiver.ports.get(first, -1)
        if first is None or first <= port <= one.get("endPort", first):
            return True
    return False


def cilium_port(rules: list | None, port: int, protocol: str) -> bool:
    if not rules:
        return True
    for rule in rules:
        for one in rule.get("ports") or [{"port": "0"}]:
            first = int(one["port"])
            inside = first == 0 or first <= port <= one.get("endPort", first)
            if inside and one.get("protocol", "ANY") in ("ANY", protocol):
                return True
    return False


if __name__ == "__main__":
    from flow_tables import main

    sys.exit(main(pathlib.Path(sys.argv[1]), FLOWS))
