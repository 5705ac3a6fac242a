import { createRequire } from 'node:module';
import ethersPlugin from '@nomicfoundation/hardhat-ethers';
import nodeTestRunner from '@nomicfoundation/hardhat-node-test-runner';
import { defineConfig } from 'hardhat/config';

// The compiler comes with npm (soljson.js), so contracts compile with no network at all.
export default defineConfig({
  plugins: [ethersPlugin, nodeTestRunner],
  solidity: {
    compilers: [
      {
        version: '0.8.37',
        path: createRequire(import.meta.url).resolve('solc/soljson.js'),
        settings: { optimizer: { enabled: true, runs: 1_000_000 }, evmVersion: 'cancun' },
      },
    ],
  },
  paths: { sources: './contracts', tests: { solidity: './contracts', nodejs: './test/contracts' } },
});
