# How pods start, stop, and what they may do.
package erp.workload

import rego.v1

import data.erp.common

# The numbers of docs: startup 2 s x 30; liveness 30 s, every 30 s, 2 s, x 3; readiness 5 s, every 10 s, 3 s, x 3.
probes := {
	"startupProbe": {"path": "/health/live", "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 30},
	"livenessProbe": {
		"path": "/health/live", "initialDelaySeconds": 30, "periodSeconds": 30, "timeoutSeconds": 2, "failureThreshold": 3,
	},
	"readinessProbe": {
		"path": "/health/ready", "initialDelaySeconds": 5, "periodSeconds": 10, "timeoutSeconds": 3, "failureThreshold": 3,
	},
}

deny contains {"rule": "probes", "object": "Deployment/erp-api", "message": message} if {
	some name, wanted in probes
	some field, value in wanted
	field != "path"
	found := object.get(common.api, [name, field], "missing")
	found != value
	message := sprintf("%s.%s is missing or not %d", [name, field, value])
}

deny contains {"rule": "probes", "object": "Deployment/erp-api", "message": message} if {
	some name, wanted in probes
	found := object.get(common.api, [name, "httpGet", "path"], "missing")
	found != wanted.path
	message := concat(" ", [name, "asks", found, "instead of", wanted.path])
}

deny contains {"rule": "no-probes-in-jobs", "object": common.title(entry.owner), "message": "a job that ends has no probes"} if {
	some entry in common.containers
	entry.owner.kind in {"Job", "CronJob"}
	some name, _ in probes
	entry.container[name]
}

deny contains {"rule": "restricted", "object": common.title(pod.owner), "message": message} if {
	some pod in common.pods
	context := object.get(pod.template.spec, "securityContext", {})
	checks := {
		"runAsNonRoot is not true": object.get(context, "runAsNonRoot", false) == true,
		"runAsUser is not the number 1000": object.get(context, "runAsUser", 0) == 1000,
		"seccompProfile is not RuntimeDefault": object.get(context, ["seccompProfile", "type"], "") == "RuntimeDefault",
	}
	some message, good in checks
	good == false
}

deny contains {"rule": "restricted", "object": common.title(entry.owner), "message": message} if {
	some entry in common.containers
	context := object.get(entry.container, "securityContext", {})
	checks := {
		"allowPrivilegeEscalation is not false": object.get(context, "allowPrivilegeEscalation", true) == false,
		"privileged": object.get(context, "privileged", false) == false,
		"readOnlyRootFilesystem is not true": object.get(context, "readOnlyRootFilesystem", false) == true,
		"does not drop ALL capabilities": object.get(context, ["capabilities", "drop"], []) == ["ALL"],
		"adds capabilities": object.get(context, ["capabilities", "add"], []) == [],
		"runAsUser is not the number 1000": object.get(context, "runAsUser", 1000) == 1000,
	}
	some fault, good in checks
	good == false
	message := sprintf("%s: %s", [entry.container.name, fault])
}

deny contains {"rule": "restricted", "object": common.title(pod.owner), "message": message} if {
	some pod in common.pods
	some field in {"hostNetwork", "hostPID", "hostIPC"}
	pod.template.spec[field] == true
	message := sprintf("%s is on", [field])
}

deny contains {"rule": "restricted", "object": "Namespace/erp-system", "message": "pod security is not enforced as restricted"} if {
	some namespace in common.of_kind("Namespace")
	namespace.metadata.name == "erp-system"
	object.get(namespace, ["metadata", "labels", "pod-security.kubernetes.io/enforce"], "") != "restricted"
}

deny contains {"rule": "no-token", "object": common.title(pod.owner), "message": "the token of the service account is mounted"} if {
	some pod in common.pods
	object.get(pod.template.spec, "automountServiceAccountToken", true) != false
}

deny contains {"rule": "volumes", "object": common.title(pod.owner), "message": message} if {
	some pod in common.pods
	some volume in object.get(pod.template.spec, "volumes", [])
	not volume.csi
	not volume.configMap
	not object.get(volume, ["emptyDir", "sizeLimit"], "") != ""
	message := sprintf("volume %s is neither secrets, a ConfigMap, nor an emptyDir with a limit", [volume.name])
}

deny contains {"rule": "resources", "object": common.title(entry.owner), "message": message} if {
	some entry in common.containers
	some side in {"requests", "limits"}
	some kind in {"cpu", "memory", "ephemeral-storage"}
	object.get(entry.container, ["resources", side, kind], "") == ""
	message := sprintf("%s has no %s of %s", [entry.container.name, side, kind])
}

deny contains {"rule": "memory-request-is-limit", "object": "Deployment/erp-api", "message": message} if {
	resources := common.api.resources
	resources.requests.memory != resources.limits.memory
	message := sprintf("memory: %s requested, %s at most", [resources.requests.memory, resources.limits.memory])
}

deny contains {"rule": "two-threads", "object": "Deployment/erp-api", "message": message} if {
	common.millicores(common.api.resources.limits.cpu) <= 1000
	message := sprintf("a limit of %s makes one worker thread or throttles two", [common.api.resources.limits.cpu])
}

# preStop, requests in progress, and three seconds for the last lines end before the kubelet's patience does.
deny contains {"rule": "graceful-stop", "object": "Deployment/erp-api", "message": message} if {
	some deployment in common.of_kind("Deployment")
	grace := object.get(deployment.spec.template.spec, "terminationGracePeriodSeconds", 30)
	sleep := object.get(common.api, ["lifecycle", "preStop", "sleep", "seconds"], 0)
	needed := ((sleep + to_number(common.setting("Shutdown__DrainDelaySeconds"))) + to_number(common.setting("Shutdown__GraceSeconds"))) + 3
	not (sleep_is_enough(sleep, needed, grace))
	message := sprintf("preStop sleeps %d s (10 are needed), and a stop takes %d s of %d", [sleep, needed, grace])
}

sleep_is_enough(sleep, needed, grace) if {
	sleep >= 10
	needed <= grace
}

deny contains {"rule": "spread", "object": common.title(deployment), "message": message} if {
	some deployment in common.of_kind("Deployment")
	some key in {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
	constraints := object.get(deployment.spec.template.spec, "topologySpreadConstraints", [])
	count([constraint | some constraint in constraints; constraint.topologyKey == key; constraint.maxSkew == 1]) != 1
	message := sprintf("is not spread over %s", [key])
}

deny contains {"rule": "jobs-end", "object": common.title(job), "message": message} if {
	some job in array.concat(common.of_kind("Job"), [cron | some cron in common.of_kind("CronJob")])
	spec := object.get(job.spec, ["jobTemplate", "spec"], job.spec)
	some field in {"activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"}
	object.get(spec, field, "missing") == "missing"
	message := sprintf("%s is missing", [field])
}

deny contains {"rule": "cron", "object": common.title(cron), "message": "has to run by Etc/UTC and never beside itself"} if {
	some cron in common.of_kind("CronJob")
	[object.get(cron.spec, "timeZone", ""), object.get(cron.spec, "concurrencyPolicy", "")] != ["Etc/UTC", "Forbid"]
}

deny contains {"rule": "no-secret-in-git", "object": common.title(secret), "message": "a Secret is made from the vault, never from a file here"} if {
	some secret in common.of_kind("Secret")
}

deny contains {"rule": "erp-secrets", "object": "SecretProviderClass/azure-keyvault", "message": message} if {
	found := {entry.key |
		some class in common.of_kind("SecretProviderClass")
		class.metadata.name == "azure-keyvault"
		some secret in class.spec.secretObjects
		secret.secretName == "erp-secrets"
		some entry in secret.data
	}
	found != {"db-password", "redis-password", "jwt-key"}
	message := concat(" ", ["erp-secrets has the keys", concat(", ", found)])
}

deny contains {"rule": "identity", "object": common.title(entry.owner), "message": "has no workload identity, or the wrong account"} if {
	some entry in common.pods
	entry.owner.kind != "AnalysisTemplate"
	labels := object.get(entry.template, ["metadata", "labels"], {})
	[object.get(labels, "azure.workload.identity/use", ""), object.get(entry.template.spec, "serviceAccountName", "")] != ["true", "erp-api"]
}

deny contains {"rule": "environment", "object": "Deployment/erp-api", "message": message} if {
	wanted := data.overlays[input.base]
	found := {"environment": common.setting("ASPNETCORE_ENVIRONMENT"), "role": common.setting("Region__Role")}
	found != wanted
	message := sprintf("is %s of %s, not %s of %s", [found.role, found.environment, wanted.role, wanted.environment])
}

deny contains {"rule": "backup-track", "object": common.title(cron), "message": "Azure SQL Database backs itself up; BACKUP does not exist there"} if {
	some cron in common.of_kind("CronJob")
	contains(common.setting("ConnectionStrings__DefaultConnection"), ".database.windows.net")
}
