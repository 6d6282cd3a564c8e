# The secrets that deploy/ reads here: what its ExternalSecrets name, in the overlay of this environment and beside overlays.
locals {
  # The component is not everybody's: it counts once an overlay names it.
  overlays  = join("\n", [for file in fileset(var.root, "deploy/overlays/*/kustomization.yaml") : file("${var.root}/${file}")])
  optional  = can(regex("(?m)^ *- \\.\\./\\.\\./secrets *$", local.overlays)) ? [] : fileset(var.root, "deploy/secrets/*.yaml")
  here      = [for file in setsubtract(fileset(var.root, "deploy/**/*.yaml"), local.optional) : file]
  manifests = [for file in local.here : file if !can(regex("^deploy/overlays/(dev|staging|prod)/", file)) || startswith(file, "deploy/overlays/${var.environment}/")]
  documents = flatten([for file in local.manifests : [for text in split("\n---", file("${var.root}/${file}")) : { file = file, text = text }]])
  external  = [for each in local.documents : { file = each.file, spec = yamldecode(each.text).spec } if try(yamldecode(each.text).kind, "") == "ExternalSecret"]
  read = flatten([for each in local.external : [
    for key in concat(try(each.spec.data[*].remoteRef.key, []), try(each.spec.dataFrom[*].extract.key, [])) :
    { file = each.file, name = trimprefix(trimprefix(key, "${local.name}/"), "${local.name}-") }
  ]])
  placeless = var.secrets == null || local.vault != "" ? [] : [for each in local.read : "${each.file}: ${each.name}" if !contains(var.secrets, each.name)]
}
