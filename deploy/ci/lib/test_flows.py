"""What the evaluator of flows makes of single policies."""

import unittest

import flows
from flows import Endpoint, Network


def policy(spec: dict, namespace: str = "a") -> dict:
    return {"kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": namespace}, "spec": spec}


def cilium(spec: dict) -> dict:
    return {"kind": "CiliumNetworkPolicy", "metadata": {"name": "c", "namespace": "a"}, "spec": {"endpointSelector": {}, **spec}}


POD = Endpoint("a", {"app": "x"}, {"http": 8080})
OTHER = Endpoint("b", {"app": "y", "tier": "web"}, {"http": 9000})
DNS = {"toEndpoints": [{"matchLabels": {"k8s:io.kubernetes.pod.namespace": "kube-system"}}], "toPorts": [{"ports": [{"port": "53"}], "rules": {"dns": [{"matchPattern": "*"}]}}]}


def egress(to: list | None, ports: list | None = None) -> dict:
    rule = {key: value for key, value in (("to", to), ("ports", ports)) if value is not None}
    return policy({"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]})


class Flows(unittest.TestCase):
    def passes(self, policies, sender, receiver, port=80, protocol="TCP", namespaces=None):
        return Network(policies, namespaces).passes(sender, receiver, port, protocol)

    def test_open_until_selected(self):
        self.assertTrue(self.passes([], OTHER, POD))
        deny = policy({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
        self.assertFalse(self.passes([deny], OTHER, POD))
        self.assertFalse(self.passes([deny], POD, OTHER))
        self.assertTrue(self.passes([policy({"podSelector": {}}, "b")], OTHER, POD))
        self.assertTrue(self.passes([policy({"podSelector": {"matchLabels": {"app": "z"}}})], OTHER, POD))

    def test_policy_types_without_being_told(self):
        self.assertTrue(self.passes([policy({"podSelector": {}})], POD, OTHER))
        self.assertFalse(self.passes([policy({"podSelector": {}, "egress": []})], POD, OTHER))

    def test_both_ends_are_asked(self):
        out = egress([{"namespaceSelector": {}}])
        closed = policy({"podSelector": {}}, "b")
        self.assertTrue(self.passes([out], POD, OTHER))
        self.assertFalse(self.passes([out, closed], POD, OTHER))

    def test_empty_peers_and_ports_are_all(self):
        self.assertTrue(self.passes([egress(None)], POD, Endpoint(ip="203.0.113.1"), 1))
        self.assertTrue(self.passes([egress([])], POD, OTHER, 1, "UDP"))

    def test_selectors_in_one_peer_are_both_needed(self):
        both = egress([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "b"}}, "podSelector": {"matchLabels": {"app": "z"}}}])
        self.assertFalse(self.passes([both], POD, OTHER))
        # Without one for namespaces, the policy's own is meant.
        self.assertFalse(self.passes([egress([{"podSelector": {}}])], POD, OTHER))
        self.assertTrue(self.passes([egress([{"podSelector": {}}])], POD, Endpoint("a", {})))

    def test_match_expressions(self):
        def with_(operator, key="tier", values=("web",)):
            one = {"key": key, "operator": operator, **({"values": list(values)} if "xist" not in operator else {})}
            return self.passes([egress([{"namespaceSelector": {}, "podSelector": {"matchExpressions": [one]}}])], POD, OTHER)

        self.assertTrue(with_("In") and with_("Exists") and with_("NotIn", values=("db",)) and with_("DoesNotExist", "gone"))
        self.assertFalse(with_("In", values=("db",)) or with_("Exists", "gone") or with_("NotIn") or with_("DoesNotExist"))
        self.assertTrue(with_("NotIn", "gone"))

    def test_labels_of_namespaces(self):
        named = egress([{"namespaceSelector": {"matchLabels": {"name": "b"}}}])
        self.assertFalse(self.passes([named], POD, OTHER))
        self.assertTrue(self.passes([named], POD, OTHER, namespaces={"b": {"name": "b"}}))

    def test_address_blocks(self):
        block = egress([{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}])
        self.assertTrue(self.passes([block], POD, Endpoint(ip="10.2.0.1")))
        self.assertFalse(self.passes([block], POD, Endpoint(ip="10.1.0.1")))
        self.assertFalse(self.passes([block], POD, Endpoint(ip="11.0.0.1")))
        self.assertFalse(self.passes([block], POD, Endpoint("b", {}, ip="10.2.0.1")))

    def test_ports(self):
        some = egress(None, [{"port": 1000, "endPort": 1002}, {"protocol": "UDP", "port": 53}, {"port": "http"}])
        for port, protocol, expected in [
            (999, "TCP", False), (1000, "TCP", True), (1002, "TCP", True), (1003, "TCP", False),
            (53, "UDP", True), (53, "TCP", False), (9000, "TCP", True), (8080, "TCP", False),
        ]:
            self.assertEqual(self.passes([some], POD, OTHER, port, protocol), expected, port)

    def test_a_node_reaches_its_pods(self):
        self.assertTrue(self.passes([policy({"podSelector": {}})], Endpoint(node=True), POD))

    def test_names(self):
        entra = {"toFQDNs": [{"matchName": "login.example"}], "toPorts": [{"ports": [{"port": "443", "protocol": "TCP"}]}]}
        here, there = Endpoint(ip="1.2.3.4", fqdn="login.example"), Endpoint(ip="1.2.3.5", fqdn="x.login.example")
        self.assertTrue(self.passes([cilium({"egress": [DNS, entra]})], POD, here, 443))
        self.assertFalse(self.passes([cilium({"egress": [DNS, entra]})], POD, here, 80))
        self.assertFalse(self.passes([cilium({"egress": [DNS, entra]})], POD, there, 443))
        # Nobody would know which addresses the name has.
        self.assertFalse(self.passes([cilium({"egress": [entra]})], POD, here, 443))
        self.assertTrue(flows.names({"matchPattern": "*.login.example"}, "x.login.example"))
        self.assertFalse(flows.names({"matchPattern": "*.login.example"}, "x.y.login.example"))

    def test_deny_wins(self):
        deny = cilium({"egressDeny": [{"toCIDR": ["169.254.169.254/32"]}]})
        self.assertFalse(self.passes([egress(None), deny], POD, Endpoint(ip="169.254.169.254")))
        self.assertTrue(self.passes([egress(None), deny], POD, Endpoint(ip="169.254.169.253")))
        self.assertFalse(self.passes([deny], POD, OTHER))

    def test_what_is_not_known_is_said(self):
        for strange in [cilium({"ingress": [{}]}), cilium({"egress": [{"toEntities": ["world"]}]})]:
            with self.assertRaises(flows.Unknown):
                self.passes([strange], POD, OTHER)
        with self.assertRaises(flows.Unknown):
            Network([{"kind": "GlobalNetworkPolicy"}])


if __name__ == "__main__":
    unittest.main()
