#include "vocabulary.hpp"

namespace sluice::tool {
namespace {

constexpr std::array<std::string_view, 112> kThings = {
    "object",      "bucket",  "cluster",   "trigger",   "taxonomy",  "alert",     "order",
    "basket",      "parcel",  "pallet",    "carrier",   "customs",   "refund",    "voucher",
    "invoice",     "receipt", "ledger",    "payout",    "wallet",    "mandate",   "account",
    "profile",     "member",  "guest",     "session",   "passkey",   "role",      "policy",
    "consent",     "audit",   "tenant",    "workspace", "project",   "board",     "card",
    "sprint",      "ticket",  "reply",     "survey",    "article",   "draft",     "photo",
    "video",       "caption", "playlist",  "channel",   "chat",      "mention",   "reaction",
    "inbox",       "letter",  "phone",     "number",    "call",      "voicemail", "contact",
    "lead",        "quote",   "contract",  "renewal",   "seat",      "licence",   "quota",
    "meter",       "tariff",  "reading",   "sensor",    "gateway",   "firmware",  "beacon",
    "vehicle",     "driver",  "route",     "depot",     "dock",      "shelf",     "stock",
    "supplier",    "product", "variant",   "price",     "campaign",  "audience",  "banner",
    "click",       "visit",   "funnel",    "report",    "dashboard", "dataset",   "table",
    "column",      "index",   "shard",     "replica",   "backup",    "snapshot",  "volume",
    "disk",        "image",   "container", "node",      "pool",      "zone",      "subnet",
    "certificate", "domain",  "mailbox",   "pipeline",  "build",     "artifact",  "experiment",
};

}  // namespace

const std::array<std::string_view, 60> kActions = {
    "created",  "updated",   "deleted",   "started",   "completed", "failed",   "paused",
    "resumed",  "cancelled", "expired",   "renewed",   "approved",  "declined", "assigned",
    "released", "opened",    "closed",    "merged",    "split",     "archived", "restored",
    "moved",    "copied",    "renamed",   "locked",    "unlocked",  "enabled",  "disabled",
    "attached", "detached",  "scaled",    "rotated",   "revoked",   "granted",  "signed",
    "verified", "published", "withdrawn", "sent",      "delivered", "bounced",  "read",
    "flagged",  "throttled", "degraded",  "recovered", "promoted",  "demoted",  "migrated",
    "synced",   "imported",  "exported",  "validated", "scheduled", "retried",  "skipped",
    "queued",   "counted",   "charged",   "settled",
};

std::vector<std::string> make_vocabulary(std::size_t count, std::string_view separator) {
  std::vector<std::string> words;
  words.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::string word(kThings[i % kThings.size()]);
    if (i >= kThings.size()) {
      word += separator;
      word += std::to_string(i / kThings.size());
    }
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace sluice::tool
