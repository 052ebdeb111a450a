/** SQL of what CloudWatch keeps as it was put: anomaly detectors, insight rules, metric streams. */
import type { GetMetricStreamOutput, InsightRule } from '#aws/models/cloudwatch.types.gen.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Scope } from './model.ts';

export type DocumentKind = 'anomaly-detector' | 'insight-rule' | 'metric-stream';

export interface StoredDocument<Body> {
  readonly name: string;
  readonly body: Body;
  readonly tags: Readonly<Record<string, string>>;
}

interface DocumentRow {
  readonly name: string;
  readonly body: string;
  readonly tags: string;
}

/** Documents of one kind; whoever puts them says what their bodies are, and reads nothing else. */
export class DocumentStore<Body> {
  readonly #kind: DocumentKind;

  constructor(kind: DocumentKind) {
    this.#kind = kind;
  }

  /** The document of a name, or `undefined`. */
  async find(
    queries: Queries,
    scope: Scope,
    name: string,
  ): Promise<StoredDocument<Body> | undefined> {
    const row = await queries.get<DocumentRow>(
      `SELECT name, body, tags FROM metric_document
       WHERE account_id = $1 AND region = $2 AND kind = $3 AND name = $4`,
      scope.accountId,
      scope.region,
      this.#kind,
      name,
    );
    return row && this.#documentOf(row);
  }

  /** All of an account, by name. */
  async list(queries: Queries, scope: Scope): Promise<StoredDocument<Body>[]> {
    const rows = await queries.all<DocumentRow>(
      `SELECT name, body, tags FROM metric_document
       WHERE account_id = $1 AND region = $2 AND kind = $3 ORDER BY name`,
      scope.accountId,
      scope.region,
      this.#kind,
    );
    return rows.map((row) => this.#documentOf(row));
  }

  /** Stores a document over one of its name. */
  async put(tx: Transaction, scope: Scope, document: StoredDocument<Body>): Promise<void> {
    await tx.run(
      `INSERT INTO metric_document (account_id, region, kind, name, body, tags)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (account_id, region, kind, name) DO UPDATE SET
         body = excluded.body, tags = excluded.tags`,
      scope.accountId,
      scope.region,
      this.#kind,
      document.name,
      JSON.stringify(document.body),
      JSON.stringify(document.tags),
    );
  }

  /** Takes a document away. */
  async delete(tx: Transaction, scope: Scope, name: string): Promise<void> {
    await tx.run(
      `DELETE FROM metric_document
       WHERE account_id = $1 AND region = $2 AND kind = $3 AND name = $4`,
      scope.accountId,
      scope.region,
      this.#kind,
      name,
    );
  }

  #documentOf({ name, body, tags }: DocumentRow): StoredDocument<Body> {
    // Written by `put`, under this kind.
    return {
      name,
      body: JSON.parse(body) as Body,
      tags: JSON.parse(tags) as Record<string, string>,
    };
  }
}

export const insightRules = new DocumentStore<InsightRule>('insight-rule');
export const metricStreams = new DocumentStore<GetMetricStreamOutput>('metric-stream');
