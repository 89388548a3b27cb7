// What the settings say to each of the service's parts.
#pragma once

#include "api/service.hpp"
#include "base/descriptor_limit.hpp"
#include "base/random.hpp"
#include "config_store/data_dir.hpp"
#include "config_store/delivery_store.hpp"
#include "domain/catalogue.hpp"
#include "ingest/event_intake.hpp"
#include "journal/journal.hpp"
#include "settings/settings.hpp"
#include "sluice/matcher.hpp"

namespace sluice::app {

/// Errors: std::runtime_error where the file of the setting cannot be read, or is no catalogue.
domain::Catalogue load_catalogue(const Settings& settings);

/// Strangers choose names and patterns, so they must not know how they are hashed.
MatcherOptions seeded(base::Random& random);

journal::Options journal_options(const Settings& settings, const store::DataDir& data_dir);
ingest::IntakeOptions intake_options(const Settings& settings);
store::DeliveryRetention delivery_retention(const Settings& settings);
api::ServiceLimits service_limits(const Settings& settings);

/// Raises the limit of open files, and says how many connections it allows.
base::DescriptorShares descriptor_shares(const Settings& settings);

}  // namespace sluice::app
