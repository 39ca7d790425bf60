// Runs one command of Medusa's command line in this process: `node server.js start`.
// Standard input is held open by whoever started this; when it closes, he is gone and so is this process.
process.stdin.on('close', () => process.exit(1)).resume();
require('@medusajs/cli/cli.js');
