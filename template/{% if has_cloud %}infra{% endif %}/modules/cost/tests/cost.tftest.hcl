variables {
  amount = 500
  need   = { cpu_cores = 12, memory_mib = 6144 }
  prices = { core = 30, gib = 4 }
}

run "holds_the_amount_against_what_was_measured" {
  command = plan

  assert {
    condition     = output.monthly == 384 && output.amount == 500
    error_message = "12 cores at 30 and 6 GiB at 4 are 384"
  }
}

run "an_amount_that_is_just_enough_is_fine" {
  command = plan

  variables {
    amount = 384
  }

  assert {
    condition     = output.amount == 384
    error_message = "384 are enough for 384"
  }
}

run "holds_it_against_nothing_while_nobody_knows_the_prices" {
  command = plan

  variables {
    prices = null
  }

  assert {
    condition     = output.monthly == 0
    error_message = "a cost out of nowhere"
  }
}

run "holds_it_against_nothing_where_nothing_is_served" {
  command = plan

  variables {
    need = null
  }

  assert {
    condition     = output.monthly == 0
    error_message = "a cost out of nowhere"
  }
}

run "refuses_an_amount_below_what_was_measured" {
  command = plan

  variables {
    amount = 383
  }

  expect_failures = [output.amount]
}

run "refuses_amount" {
  command = plan

  variables {
    amount = 0
  }

  expect_failures = [var.amount]
}

run "refuses_need" {
  command = plan

  variables {
    need = { cpu_cores = -1, memory_mib = 1 }
  }

  expect_failures = [var.need]
}

run "refuses_prices" {
  command = plan

  variables {
    prices = { core = 0, gib = 1 }
  }

  expect_failures = [var.prices]
}
