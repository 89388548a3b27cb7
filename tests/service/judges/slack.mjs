// Talks to the Slack of the tests as programs talk to Slack, with its own client, and prints what the
// client saw: one JSON object a line. usage: slack.mjs API_URL TOKEN MESSAGE...
// A message is the JSON of chat.postMessage's arguments; `wait` beside them waits out a rate limit.
import { LogLevel, WebClient } from "@slack/web-api";

const [slackApiUrl, token, ...messages] = process.argv.slice(2);

async function post({ wait, ...message }) {
  const client = new WebClient(token, {
    slackApiUrl,
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: !wait,
    retryConfig: { retries: wait ? 1 : 0 },
  });
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  try {
    const { ok, channel, ts, message: posted } = await client.chat.postMessage(message);
    return { ok, channel, ts, text: posted?.text, seconds: seconds() };
  } catch ({ code, data, retryAfter }) {
    return { ok: false, code, error: data?.error, retry_after: retryAfter, seconds: seconds() };
  }
}

for (const message of messages) console.log(JSON.stringify(await post(JSON.parse(message))));
