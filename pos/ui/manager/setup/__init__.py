"""The set-up section: people, shop, issuers, devices, policy, copies and health, a panel each."""
