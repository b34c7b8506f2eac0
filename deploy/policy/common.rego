# What the rules share. `input.objects` are the rendered objects of one overlay, `input.overlay` is its name.
package erp.common

import rego.v1

title(object) := concat("/", [object.kind, object.metadata.name])

of_kind(kind) := [object | some object in input.objects; object.kind == kind]

# Every template of pods with the object that it is in.
pods contains {"owner": object, "template": object.spec.template} if {
	some object in input.objects
	object.kind in {"Deployment", "StatefulSet", "DaemonSet", "Job"}
}

pods contains {"owner": object, "template": object.spec.jobTemplate.spec.template} if {
	some object in of_kind("CronJob")
}

pods contains {"owner": object, "template": metric.provider.job.spec.template} if {
	some object in of_kind("AnalysisTemplate")
	some metric in object.spec.metrics
}

containers contains {"owner": pod.owner, "pod": pod.template.spec, "container": container} if {
	some pod in pods
	some container in array.concat(pod.template.spec.containers, object.get(pod.template.spec, "initContainers", []))
}

api := container if {
	some deployment in of_kind("Deployment")
	deployment.metadata.name == "erp-api"
	some container in deployment.spec.template.spec.containers
	container.name == "api"
}

setting(name) := variable.value if {
	some variable in api.env
	variable.name == name
}

# Thousandths of a core.
millicores(quantity) := to_number(trim_suffix(quantity, "m")) if endswith(quantity, "m")

millicores(quantity) := to_number(quantity) * 1000 if not endswith(quantity, "m")

mebibytes(quantity) := to_number(trim_suffix(quantity, "Mi")) if endswith(quantity, "Mi")

mebibytes(quantity) := to_number(trim_suffix(quantity, "Gi")) * 1024 if endswith(quantity, "Gi")
