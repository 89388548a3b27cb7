// Judges deliveries that sluice made with the libraries that receivers use. One JSON object a line
// comes in, {judge, secret, headers, body (base64)}, and one goes out for each, {good, ...}.
import { createInterface } from "node:readline";

import { HTTP } from "cloudevents";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

const judges = {
  standardwebhooks: ({ secret, headers, body }) => ({
    payload: new StandardWebhook(secret).verify(body, headers),
  }),
  svix: ({ secret, headers, body }) => ({
    payload: new SvixWebhook(secret).verify(body, headers),
  }),
  cloudevents: ({ headers, body }) => {
    const event = HTTP.toEvent({ headers, body });
    event.validate();
    return { event: event.toJSON() };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { judge, ...delivery } = JSON.parse(line);
  delivery.body = Buffer.from(delivery.body, "base64").toString("utf8");
  let verdict;
  try {
    verdict = { good: true, ...judges[judge](delivery) };
  } catch (error) {
    verdict = { good: false, error: `${error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(verdict));
}
