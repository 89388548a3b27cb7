// The API as the console calls it. The key lives in this object and nowhere else: a reload forgets
// it.

const WEBHOOKS = '/v1/organizations/webhooks';

/** An answer that says what is wrong; status 0: there was no answer. */
class ApiError extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.type = error.type;
    this.details = error.details ?? {};
  }

  /** [{path: 'channels.0.configs.url', message}] */
  get problems() {
    return (this.details.validation_errors ?? []).map((each) => ({
      path: each.location.slice(1).join('.'),
      message: each.message,
    }));
  }

  /** What happened and what to do, for people. */
  get advice() {
    switch (this.status) {
      case 0:
        return 'The service cannot be reached. Check that it runs, then try again.';
      case 401:
        return 'The key is unknown, expired or revoked. Sign in with another one.';
      case 403:
        return `This key may not do that: ${this.message}`;
      case 412:
        return 'Somebody changed this webhook since you opened it. Reload it and try again.';
      case 429:
        return `Too much at once: ${this.message}. Try again in a moment.`;
      default:
        return this.message;
    }
  }
}

export class ApiClient {
  #key;

  constructor(key) {
    this.#key = key;
  }

  /** {body, etag}. Errors: ApiError. */
  async call(method, path, body, headers = {}) {
    const options = {
      method,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      headers: {Authorization: `Bearer ${this.#key}`, ...headers},
    };
    if (body !== undefined) {
      options.body = JSON.stringify(body);
      options.headers['Content-Type'] = 'application/json';
    }
    let response;
    let text;
    try {
      response = await fetch(path, options);
      text = await response.text();
    } catch {
      throw new ApiError(0, {type: 'Unreachable', message: 'The service cannot be reached'});
    }
    let answer = null;
    try {
      answer = text === '' ? null : JSON.parse(text);
    } catch {
      throw new ApiError(response.status, {type: 'NoJson', message: 'The answer is no JSON'});
    }
    if (!response.ok) {
      throw new ApiError(
        response.status,
        answer?.error ?? {type: 'Unknown', message: `The service answered ${response.status}`},
      );
    }
    return {body: answer, etag: response.headers.get('ETag')};
  }

  async get(path, parameters = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== '' && value !== null && value !== undefined) query.set(name, value);
    }
    const text = query.toString();
    return (await this.call('GET', text === '' ? path : `${path}?${text}`)).body;
  }

  async post(path, body) {
    return (await this.call('POST', path, body)).body;
  }

  status() {
    return this.get('/v1/status');
  }

  eventTypes(pattern) {
    return this.get('/v1/event-types', {pattern});
  }

  webhooksOf(eventType) {
    return this.get(`/v1/event-types/${encodeURIComponent(eventType)}/webhooks`, {limit: 200});
  }

  webhooks(filter = {}, {limit = 200, cursor = '', total = true} = {}) {
    const query = new URLSearchParams({limit, include_total: total});
    if (cursor) query.set('cursor', cursor);
    return this.post(`${WEBHOOKS}/list?${query}`, filter);
  }

  webhook(id) {
    return this.call('GET', this.path(id));
  }

  path(id, ...rest) {
    return [WEBHOOKS, ...[id, ...rest].map(encodeURIComponent)].join('/');
  }

  async save(id, body, etag) {
    if (id === null) return this.post(`${WEBHOOKS}/`, body);
    return (await this.call('PUT', this.path(id), body, etag ? {'If-Match': etag} : {})).body;
  }

  async setActive(id, isActive) {
    return (await this.call('PATCH', this.path(id), {is_active: isActive})).body;
  }

  async remove(id) {
    await this.call('DELETE', this.path(id));
  }
}
