# What runs is what was built and looked at.
package erp.images

import rego.v1

import data.erp.common

deny contains {"rule": "image-digest", "object": common.title(entry.owner), "message": message} if {
	some entry in common.containers
	not regex.match("^[^@:]+@sha256:[0-9a-f]{64}$", entry.container.image)
	message := sprintf("%s is not named by its digest", [entry.container.image])
}

deny contains {"rule": "image-registry", "object": common.title(entry.owner), "message": message} if {
	some entry in common.containers
	not startswith(entry.container.image, "erpacr.azurecr.io/")
	message := sprintf("%s is not from the own registry", [entry.container.image])
}

# Only asked of what is about to be applied: in the tree all digests are placeholders.
deny contains {"rule": "image-released", "object": common.title(entry.owner), "message": message} if {
	some entry in common.containers
	endswith(entry.container.image, "@sha256:0000000000000000000000000000000000000000000000000000000000000000")
	message := sprintf("%s has the placeholder instead of a digest", [entry.container.image])
}
