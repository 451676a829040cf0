# Sourced by scripts that need a gateway whose routes `chat`, `completions` and `embeddings` are sandboxes that stream word by
# word. `start_sandbox_gateway FOLDER` starts it on a free port, writes its files into FOLDER, and exports TIDEGATE_URL and
# TIDEGATE_CONFIG; $gateway is its process. The binary is TIDEGATE_BIN, or target/debug/tidegate.

start_sandbox_gateway() {
    local folder=$1 bin=${TIDEGATE_BIN:-target/debug/tidegate} route
    TIDEGATE_CONFIG=$folder/config.yaml
    echo "routes:" >"$TIDEGATE_CONFIG"
    for route in completions chat embeddings; do
        printf -- '  - name: %s\n    route_type: llm/v1/%s\n    model:\n      provider: sandbox\n      name: sandbox-1\n      config:\n        word_delay_ms: 60\n' "$route" "$route"
    done >>"$TIDEGATE_CONFIG"
    "$bin" start --config-path "$TIDEGATE_CONFIG" --port 0 >"$folder/out" 2>"$folder/log" &
    gateway=$!
    for _ in $(seq 100); do
        TIDEGATE_URL=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$folder/out" | head -n 1 || true)
        [ -n "$TIDEGATE_URL" ] && break
        sleep 0.1
    done
    [ -n "$TIDEGATE_URL" ] || { cat "$folder/log" >&2; return 1; }
    export TIDEGATE_URL TIDEGATE_CONFIG
}
