import { expect, test } from "vitest";
import { hostsOf } from "./hosts.ts";

test.each([
  ["postgres://u:p@a:1/db", ["postgres://u:p@a:1/db"]],
  ["postgresql://a:1,b:2/db", ["postgresql://a:1/db", "postgresql://b:2/db"]],
  [
    "postgres://u:p%2C1@a,[::1]:2,c/db?sslmode=require&target_session_attrs=read-write",
    [
      "postgres://u:p%2C1@a/db?sslmode=require&target_session_attrs=read-write",
      "postgres://u:p%2C1@[::1]:2/db?sslmode=require&target_session_attrs=read-write",
      "postgres://u:p%2C1@c/db?sslmode=require&target_session_attrs=read-write",
    ],
  ],
  ["host=/run/postgresql", ["host=/run/postgresql"]],
])("%s", (connectionString, hosts) => {
  expect(hostsOf(connectionString)).toEqual(hosts);
});

test.each(["standby", "read-only", "any", "prefer-standby"])(
  "a machine that may take no writes is not asked for: %s",
  (wanted) => {
    const asking = (): unknown => hostsOf(`postgres://a,b/db?target_session_attrs=${wanted}`);
    expect(asking).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  },
);
