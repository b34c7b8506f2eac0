# How many pods there are, and who decides.
package erp.scaling

import rego.v1

import data.erp.common

# What scales something: an autoscaler or KEDA's object, in one form.
scalers contains {"object": hpa, "target": hpa.spec.scaleTargetRef, "min": hpa.spec.minReplicas, "max": hpa.spec.maxReplicas} if {
	some hpa in common.of_kind("HorizontalPodAutoscaler")
}

scalers contains {
	"object": scaled, "target": scaled.spec.scaleTargetRef,
	"min": scaled.spec.minReplicaCount, "max": scaled.spec.maxReplicaCount,
} if {
	some scaled in common.of_kind("ScaledObject")
}

referenced contains reference if {
	some rollout in common.of_kind("Rollout")
	reference := concat("/", [rollout.spec.workloadRef.kind, rollout.spec.workloadRef.name])
}

deny contains {"rule": "no-replicas", "object": common.title(object), "message": "has replicas, which the autoscaler owns"} if {
	some object in input.objects
	object.kind in {"Deployment", "Rollout"}
	not common.title(object) in referenced
	object.spec.replicas >= 0
}

deny contains {"rule": "no-replicas", "object": common.title(object), "message": "is the template of a Rollout and must have no pods of its own"} if {
	some object in common.of_kind("Deployment")
	common.title(object) in referenced
	object.spec.replicas != 0
}

deny contains {"rule": "no-replicas", "object": common.title(object), "message": "is the template of a Rollout and must have no pods of its own"} if {
	some object in common.of_kind("Deployment")
	common.title(object) in referenced
	not has_replicas(object)
}

has_replicas(object) if object.spec.replicas >= 0

deny contains {"rule": "one-scaler", "object": "erp-api", "message": message} if {
	count(scalers) != 1
	message := sprintf("%d autoscalers, not one", [count(scalers)])
}

deny contains {"rule": "scaler-target", "object": common.title(scaler.object), "message": message} if {
	some scaler in scalers
	target := concat("/", [scaler.target.kind, scaler.target.name])
	existing := {common.title(object) | some object in input.objects}
	not target in existing - referenced
	message := concat(" ", ["scales", target, "which runs no pods"])
}

deny contains {"rule": "band", "object": common.title(scaler.object), "message": message} if {
	some scaler in scalers
	not in_band(scaler)
	message := sprintf("from %d to %d pods; at least three and at most ten are meant", [scaler.min, scaler.max])
}

in_band(scaler) if {
	scaler.min >= 3
	scaler.max >= scaler.min
	scaler.max <= 10
}

deny contains {"rule": "scale-down-slowly", "object": common.title(hpa), "message": "has to look back five minutes before it takes pods away"} if {
	some hpa in common.of_kind("HorizontalPodAutoscaler")
	object.get(hpa, ["spec", "behavior", "scaleDown", "stabilizationWindowSeconds"], 0) < 300
}

deny contains {"rule": "pdb", "object": "PodDisruptionBudget/erp-api", "message": "no disruption budget with the integer minAvailable 2"} if {
	count([pdb | some pdb in common.of_kind("PodDisruptionBudget"); pdb.spec.minAvailable == 2]) != 1
}

deny contains {"rule": "pdb", "object": common.title(pdb), "message": "as few pods as there may be leave none to a drain"} if {
	some pdb in common.of_kind("PodDisruptionBudget")
	some scaler in scalers
	pdb.spec.minAvailable >= scaler.min
}

# Two colours at their most, and what runs beside them.
deny contains {"rule": "quota", "object": common.title(quota), "message": message} if {
	some quota in common.of_kind("ResourceQuota")
	some scaler in scalers
	pods := scaler.max * 2
	resources := common.api.resources
	checks := {
		sprintf("pods: %d of two colours", [pods]): to_number(quota.spec.hard.pods) >= pods + 4,
		sprintf("requests.cpu: %d times %s", [pods, resources.requests.cpu]): common.millicores(quota.spec.hard["requests.cpu"]) >= (common.millicores(resources.requests.cpu) * pods) + 1000,
		sprintf("limits.cpu: %d times %s", [pods, resources.limits.cpu]): common.millicores(quota.spec.hard["limits.cpu"]) >= (common.millicores(resources.limits.cpu) * pods) + 2000,
		sprintf("requests.memory: %d times %s", [pods, resources.requests.memory]): common.mebibytes(quota.spec.hard["requests.memory"]) >= (common.mebibytes(resources.requests.memory) * pods) + 1024,
		sprintf("limits.memory: %d times %s", [pods, resources.limits.memory]): common.mebibytes(quota.spec.hard["limits.memory"]) >= (common.mebibytes(resources.limits.memory) * pods) + 2048,
	}
	some message, good in checks
	good == false
}

deny contains {"rule": "replicas-max", "object": "Deployment/erp-api", "message": message} if {
	some scaler in scalers
	told := common.setting("Database__ReplicasMax")
	to_number(told) != scaler.max
	message := sprintf("is told of %s processes at most, and %d may run", [told, scaler.max])
}

# Eight tenths of the server's workers are for two colours of as many pods as there may be.
deny contains {"rule": "connection-budget", "object": "Deployment/erp-api", "message": message} if {
	some scaler in scalers
	pairs := [split(part, "=") | some part in split(common.setting("ConnectionStrings__DefaultConnection"), ";")]
	sizes := [to_number(pair[1]) | some pair in pairs; pair[0] == "Max Pool Size"]
	share := floor((0.8 * to_number(common.setting("Database__WorkersMax"))) / (scaler.max * 2))
	not within(sizes, share)
	message := sprintf("Max Pool Size is missing or more than the share of a process, which is %d", [share])
}

within(sizes, share) if {
	count(sizes) == 1
	sizes[0] <= share
}

deny contains {"rule": "blue-green", "object": common.title(rollout), "message": message} if {
	some rollout in common.of_kind("Rollout")
	strategy := rollout.spec.strategy.blueGreen
	checks := {
		"promotes by itself": object.get(strategy, "autoPromotionEnabled", true) == false,
		"takes the old colour away before the analysis is over": object.get(strategy, "scaleDownDelaySeconds", 30) >= 900,
		"has no analysis before": count(object.get(strategy, ["prePromotionAnalysis", "templates"], [])) >= 3,
		"has no analysis after": count(object.get(strategy, ["postPromotionAnalysis", "templates"], [])) >= 2,
		"names templates that are not there": count({t.templateName | some t in array.concat(strategy.prePromotionAnalysis.templates, strategy.postPromotionAnalysis.templates)} - {a.metadata.name | some a in common.of_kind("AnalysisTemplate")}) == 0,
	}
	some message, good in checks
	good == false
}
