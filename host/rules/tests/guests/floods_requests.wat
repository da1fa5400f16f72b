;; Has the same asked five times in one call. The host answers the last two with a failure.
(import "timonel:rules/request@0.1.0" "send"
  (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 5))
  (loop $again
    (call $send
      (i32.const 512) (i32.const 5)                      ;; purpose
      (i32.const 528) (i32.const 3)                      ;; method
      (i32.const 544) (i32.const 28)                     ;; url
      (i32.const 0) (i32.const 0)                        ;; headers
      (i32.const 0) (i32.const 0)                        ;; secrets
      (i32.const 0) (i32.const 0) (i32.const 0)          ;; body
      (i32.const 0)                                      ;; repeatable
      (i32.const 0) (i32.const 0)                        ;; attrs
      (i32.const 1024))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "order")
(data (i32.const 528) "GET")
(data (i32.const 544) "https://crm.example/orders/1")
