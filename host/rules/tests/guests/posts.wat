;; Whenever it is asked it has its settings asked, with POST, which nobody may do twice.
(import "timonel:rules/request@0.1.0" "send"
  (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "timonel:rules/rule@0.1.0#prepare") (param $at i32) (param $length i32) (result i32)
  (i32.store (i32.const 324) (local.get $at))
  (i32.store (i32.const 328) (local.get $length))
  (i32.const 320))
(func (export "timonel:rules/responding@0.1.0#respond") (param $told i32) (result i32)
  (call $send
    (i32.const 512) (i32.const 5)                                             ;; purpose
    (i32.const 528) (i32.const 4)                                             ;; method
    (i32.load (local.get $told)) (i32.load offset=4 (local.get $told))        ;; url
    (i32.const 0) (i32.const 0)                                               ;; headers
    (i32.const 0) (i32.const 0)                                               ;; secrets
    (i32.const 1) (i32.const 544) (i32.const 2)                               ;; body
    (i32.const 0)                                                             ;; repeatable
    (i32.const 0) (i32.const 0)                                               ;; attrs
    (i32.const 1024))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "order")
(data (i32.const 528) "POST")
(data (i32.const 544) "{}")
