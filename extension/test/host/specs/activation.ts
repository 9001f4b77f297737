/** What activation loads and costs, over an extension that does nothing; and that it happens once. */
import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { before, describe, it } from "mocha";
import * as vscode from "vscode";
import { extensionNamed } from "../extension.ts";
import { say } from "../say.ts";

const outside = /^(node:)?(child_process|cluster|dgram|dns|http|http2|https|net|tls)(\/|$)/;

describe("activation", () => {
  const loaded: string[] = [];
  const milliseconds = new Map<string, number>();

  before(async () => {
    const hooks = registerHooks({
      resolve(specifier, context, next) {
        if (/outrider\.outrider-/.test(context.parentURL ?? "")) loaded.push(specifier);
        return next(specifier, context);
      },
    });
    for (const id of ["outrider-test.outrider-e2e-bare", "outrider.outrider"]) {
      const extension = extensionNamed(id);
      assert.equal(extension.isActive, false, `${id} is active before anybody asked`);
      const start = performance.now();
      await extension.activate();
      milliseconds.set(id, performance.now() - start);
    }
    hooks.deregister();
  });

  it("loads a few modules of its own", () => {
    const own = new Set(loaded.filter((name) => name.startsWith(".")));
    say(`measured modules ${own.size}`);
    assert.ok(loaded.includes("vscode"), "the modules were not seen");
    assert.ok(own.size < 40, `${own.size} modules: ${[...own].join(" ")}`);
  });

  it("reaches neither programs nor networks", () => {
    assert.deepEqual(
      loaded.filter((name) => outside.test(name)),
      [],
    );
  });

  it("takes milliseconds", () => {
    const [bare = Number.NaN, ours = Number.NaN] = milliseconds.values();
    say(`measured bare ${bare.toFixed(1)}`);
    say(`measured outrider ${ours.toFixed(1)}`);
    assert.ok(Number.isFinite(ours));
  });

  it("happens once, however many folders and callers", async () => {
    const extension = extensionNamed("outrider.outrider");
    const count = loaded.length;
    await Promise.all([extension.activate(), extension.activate()]);
    assert.equal(loaded.length, count);
    assert.ok((vscode.workspace.workspaceFolders ?? []).length > 0);
  });
});
