;; Has https://crm.example/orders/1 asked with a secret of another service, and then with a header that carries a second request.
(import "timonel:rules/request@0.1.0" "send"
  (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func $ask (param $headers i32) (param $secrets i32)
  (call $send
    (i32.const 512) (i32.const 5)                      ;; purpose
    (i32.const 528) (i32.const 3)                      ;; method
    (i32.const 544) (i32.const 28)                     ;; url
    (i32.const 640) (local.get $headers)
    (i32.const 656) (local.get $secrets)
    (i32.const 0) (i32.const 0) (i32.const 0)          ;; body
    (i32.const 0)                                      ;; repeatable
    (i32.const 0) (i32.const 0)                        ;; attrs
    (i32.const 1024)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $ask (i32.const 0) (i32.const 1))
  (call $ask (i32.const 1) (i32.const 0))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "order")
(data (i32.const 528) "GET")
(data (i32.const 544) "https://crm.example/orders/1")
(data (i32.const 576) "authorization")
(data (i32.const 592) "payments")
(data (i32.const 608) "x-a")
(data (i32.const 616) "1\0d\0aHost: evil")
(data (i32.const 640) "\60\02\00\00\03\00\00\00\68\02\00\00\0d\00\00\00") ;; x-a
(data (i32.const 656) "\40\02\00\00\0d\00\00\00\50\02\00\00\08\00\00\00") ;; authorization, payments
