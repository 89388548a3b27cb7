// What one would build the journal on: RocksDB, each batch of events one value, synced before it is
// answered. It reads its last value back.
#include <rocksdb/db.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

int main(int argc, char** argv) {
  std::string directory;
  std::size_t batch = 1000;
  std::size_t bytes = 500;
  double seconds = 2;
  CLI::App app{"Events a second into RocksDB, a batch of them a value, synced"};
  app.add_option("--directory", directory)->required();
  app.add_option("--batch", batch, "events of a value");
  app.add_option("--bytes", bytes, "of an event");
  app.add_option("--seconds", seconds);
  CLI11_PARSE(app, argc, argv);

  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.IncreaseParallelism(2);
  rocksdb::DB* opened = nullptr;
  if (const auto status = rocksdb::DB::Open(options, directory, &opened); !status.ok()) {
    std::fprintf(stderr, "sluice_rocksdb_probe: %s\n", status.ToString().c_str());
    return 1;
  }
  const std::unique_ptr<rocksdb::DB> database(opened);
  rocksdb::WriteOptions durable;
  durable.sync = true;

  std::string value(batch * bytes, 'x');
  std::string key;
  unsigned long long batches = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::duration<double> passed{};
  while (passed.count() < seconds) {
    key = std::to_string(1'000'000'000 + batches);
    value.replace(0, key.size(), key);  // so that no two are the same
    if (const auto status = database->Put(durable, key, value); !status.ok()) {
      std::fprintf(stderr, "sluice_rocksdb_probe: %s\n", status.ToString().c_str());
      return 1;
    }
    ++batches;
    passed = std::chrono::steady_clock::now() - begin;
  }
  std::string last;
  const bool is_right = database->Get({}, key, &last).ok() && last == value;
  const double events = static_cast<double>(batches * batch);
  std::printf("{\"events\":%.0f,\"seconds\":%.4f,\"per_second\":%.0f,\"is_right\":%s}\n", events,
              passed.count(), events / passed.count(), is_right ? "true" : "false");
  return is_right ? 0 : 1;
}
