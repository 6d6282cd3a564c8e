# Nodes with GPUs, for training only: the taint keeps everything else away, and while nothing trains there is no node.
resource "azurerm_kubernetes_cluster_node_pool" "this" {
  name                        = "gpu"
  temporary_name_for_rotation = "gpunext"
  kubernetes_cluster_id       = var.cluster_id
  vm_size                     = var.machine
  mode                        = "User"
  os_disk_size_gb             = 200
  auto_scaling_enabled        = true
  min_count                   = 0
  max_count                   = var.nodes
  host_encryption_enabled     = true
  node_public_ip_enabled      = false
  max_pods                    = 50
  vnet_subnet_id              = var.subnet_id
  node_labels                 = { "paved-road/training" = var.name }
  node_taints                 = ["nvidia.com/gpu=present:NoSchedule"]
  tags                        = var.tags
}
