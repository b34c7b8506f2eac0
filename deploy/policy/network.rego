# Who reaches what, as far as single objects tell; the flows are evaluated by deploy/ci/lib/flows.py.
package erp.network

import rego.v1

import data.erp.common

deny contains {"rule": "no-public-entry", "object": common.title(service), "message": message} if {
	some service in common.of_kind("Service")
	type := object.get(service.spec, "type", "ClusterIP")
	type != "ClusterIP"
	message := sprintf("is a %s", [type])
}

deny contains {"rule": "no-public-entry", "object": common.title(service), "message": "has external addresses"} if {
	some service in common.of_kind("Service")
	count(object.get(service.spec, "externalIPs", [])) > 0
}

deny contains {"rule": "no-public-entry", "object": common.title(gateway), "message": message} if {
	some gateway in common.of_kind("Gateway")
	annotations := object.get(gateway.spec, ["infrastructure", "annotations"], {})
	some name in {"azure-load-balancer-internal", "azure-pls-create"}
	object.get(annotations, concat("", ["service.beta.kubernetes.io/", name]), "") != "true"
	message := sprintf("its load balancer would not have %s", [name])
}

deny contains {"rule": "no-public-entry", "object": common.title(gateway), "message": "its load balancer has no path for its probe"} if {
	some gateway in common.of_kind("Gateway")
	object.get(gateway.spec, ["infrastructure", "annotations", "service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path"], "") == ""
}

deny contains {"rule": "unique-selectors", "object": common.title(one), "message": message} if {
	some one in common.of_kind("Service")
	some other in common.of_kind("Service")
	one.metadata.name != other.metadata.name
	one.spec.selector == other.spec.selector
	message := sprintf("has the selector of %s", [other.metadata.name])
}

deny contains {"rule": "ready-only", "object": common.title(service), "message": "sends requests to pods that are not ready"} if {
	some service in common.of_kind("Service")
	object.get(service.spec, "publishNotReadyAddresses", false) == true
}

deny contains {"rule": "admin-unexposed", "object": common.title(service), "message": "leads to the admin port"} if {
	some service in common.of_kind("Service")
	some port in service.spec.ports
	some value in [object.get(port, "port", 0), object.get(port, "targetPort", 0), object.get(port, "name", "")]
	value in {9090, "9090", "admin"}
}

deny contains {"rule": "admin-unexposed", "object": common.title(route), "message": "leads to the admin port"} if {
	some route in common.of_kind("HTTPRoute")
	some rule in route.spec.rules
	some backend in rule.backendRefs
	backend.port == 9090
}

deny contains {"rule": "routes", "object": common.title(route), "message": message} if {
	some route in common.of_kind("HTTPRoute")
	some rule in route.spec.rules
	some matching in rule.matches
	path := [matching.path.type, matching.path.value]
	not path in {["PathPrefix", "/api/v1"], ["Exact", "/health/ready"]}
	message := concat(" ", array.concat(path, ["is no path to route"]))
}

deny contains {"rule": "routes", "object": common.title(route), "message": "lets in what did not come through Front Door"} if {
	some route in common.of_kind("HTTPRoute")
	some rule in route.spec.rules
	some matching in object.get(rule, "matches", [{}])
	names := {header.name | some header in object.get(matching, "headers", []); header.value == common.setting("Proxy__FrontDoorId")}
	not "X-Azure-FDID" in names
}

deny contains {"rule": "default-deny", "object": "Namespace/erp-system", "message": "is not closed in both directions"} if {
	count([policy |
		some policy in common.of_kind("NetworkPolicy")
		policy.metadata.namespace == "erp-system"
		policy.spec.podSelector == {}
		{direction | some direction in policy.spec.policyTypes} == {"Ingress", "Egress"}
		not policy.spec.ingress
		not policy.spec.egress
	]) != 1
}

# Without peers, or with a selector that is empty, a rule means everybody.
deny contains {"rule": "named-peers", "object": common.title(policy), "message": message} if {
	some policy in common.of_kind("NetworkPolicy")
	some direction, side in {"ingress": "from", "egress": "to"}
	some rule in object.get(policy.spec, direction, [])
	peers := object.get(rule, side, [])
	not all_named(peers)
	message := sprintf("%s: a rule names nobody and so means everybody", [direction])
}

all_named(peers) if {
	count(peers) > 0
	every peer in peers {
		named(peer)
	}
}

named(peer) if count(object.get(peer, "namespaceSelector", {})) > 0

named(peer) if {
	not "namespaceSelector" in object.keys(peer)
	count(object.get(peer, "podSelector", {})) > 0
}

named(peer) if {
	prefix := to_number(split(peer.ipBlock.cidr, "/")[1])
	prefix >= 16
}

# The gateway's namespace is told by the name that Kubernetes gives, which no one can give to another namespace.
deny contains {"rule": "namespace-by-name", "object": common.title(policy), "message": message} if {
	some policy in common.of_kind("NetworkPolicy")
	some direction, side in {"ingress": "from", "egress": "to"}
	some rule in object.get(policy.spec, direction, [])
	some peer in object.get(rule, side, [])
	some label, _ in object.get(peer, ["namespaceSelector", "matchLabels"], {})
	label != "kubernetes.io/metadata.name"
	message := sprintf("tells a namespace by %s, which anybody may give", [label])
}
