// The audits of GraphQL over HTTP against the shop at SHOP: node audit.mjs
// What the specification requires or recommends must pass; what it allows is only told.
import { auditServer } from "graphql-http";

const url = `${process.env.SHOP ?? "http://127.0.0.1:8000"}/graphql/`;
const results = await auditServer({ url });
const failed = { error: [], warn: [], notice: [] };
for (const result of results) {
  if (result.status !== "ok") failed[result.status].push(`${result.id} ${result.name}: ${result.reason}`);
}
console.log(`${results.length} audits of ${url}`);
for (const [kind, lines] of Object.entries(failed)) {
  for (const line of lines) console.log(`${kind}: ${line}`);
}
process.exit(results.length > 50 && !failed.error.length && !failed.warn.length ? 0 : 1);
