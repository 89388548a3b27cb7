# The dispatcher: what is sent when, and what becomes of it.
target_sources(sluice_delivery PRIVATE
  backlog_relief.cpp
  channel_policy.cpp
  delivery_channel.cpp
  delivery_channel_step.cpp
  delivery_id.cpp
  dispatcher.cpp
  dispatcher_impl.cpp
  dispatcher_lifetime.cpp
  dispatcher_stats.cpp
  event_cache.cpp
  event_type_reader.cpp
  feed.cpp
  health_book.cpp
  in_flight_table.cpp
  outbox.cpp
  patient_scan.cpp
  progress_writer.cpp
  range_set.cpp
  recipient_outcomes.cpp
  recovery.cpp
  refill.cpp
  requeue.cpp
  scheduler.cpp
  sequence_queue.cpp
  settlement.cpp
  trial.cpp
  waiting_book.cpp
  webhook_table.cpp
)
target_link_libraries(sluice_delivery PRIVATE sluice::engine)
