/// <reference types="vitest/config" />
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env.VITASCOPE_SERVER ?? "http://127.0.0.1:8000";

const nameOf = ({ originalFileNames: [file = ""] }: { originalFileNames: string[] }) => {
  const network = /([^/]+)\/model\.onnx$/.exec(file)?.[1];
  return network ? `assets/${network}-[hash][extname]` : "assets/[name]-[hash][extname]";
};

/** Leaves a compressed copy beside what shrinks well; the server sends that one where the browser can read it. */
const compressedCopies: Plugin = {
  name: "compressed-copies",
  apply: "build",
  writeBundle({ dir = "." }, bundle) {
    for (const name of Object.keys(bundle).filter((file) => /\.(wasm|js|css)$/.test(file))) {
      const path = join(dir, name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [react(), compressedCopies],
  build: {
    outDir: "../src/vitascope/server/static",
    emptyOutDir: true,
    // A data: URL would need its own line in the content security policy.
    assetsInlineLimit: 0,
    // Every network is called model.onnx; in the browser's list of files its folder tells them apart.
    rolldownOptions: { output: { assetFileNames: nameOf } },
  },
  worker: { format: "es", rolldownOptions: { output: { assetFileNames: nameOf } } },
  server: {
    proxy: { "/api": { target: server, ws: true } },
    // The networks are the package's own files.
    fs: { allow: [".."] },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
