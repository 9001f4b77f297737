// Runs beside the extension under test: evaluates what a test sends, on loopback, with VS Code's interface at hand.
const { createServer } = require("node:http");
const { text } = require("node:stream/consumers");
const vscode = require("vscode");

exports.activate = ({ subscriptions }) => {
  const port = Number(process.env.OUTRIDER_E2E_BRIDGE);
  if (!port) return;
  const server = createServer(async (request, response) => {
    try {
      const { run, values } = JSON.parse(await text(request));
      // oxlint-disable-next-line typescript/no-implied-eval -- running what a test sends is all that this is for
      const value = await new Function(`return (${run})`)()(vscode, ...values);
      response.end(JSON.stringify({ value }));
    } catch (error) {
      response.end(JSON.stringify({ error: error.stack ?? String(error) }));
    }
  });
  server.listen(port, "127.0.0.1");
  subscriptions.push({ dispose: () => server.close() });
};
