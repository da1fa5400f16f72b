;; A responder that asks whoever writes how it was, with two answers that look the same, and then with two that do not.
(import "timonel:rules/survey@0.1.0" "ask" (func $ask (param i32 i32 i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $ask (i32.const 512) (i32.const 10) (i32.const 544) (i32.const 2) (i32.const 1024))
  (i32.store (i32.const 556) (i32.const 530))
  (call $ask (i32.const 512) (i32.const 10) (i32.const 544) (i32.const 2) (i32.const 1024))
  (call $ask (i32.const 512) (i32.const 10) (i32.const 544) (i32.const 2) (i32.const 1024)) ;; once is what it gets
  (i32.const 256))
(data (i32.const 260) "\01") ;; answered
(data (i32.const 512) "How was it")
(data (i32.const 528) "OKNo")
(data (i32.const 544)
  "\10\02\00\00\02\00\00\00\05\00\00\00"  ;; OK: 5
  "\10\02\00\00\02\00\00\00\01\00\00\00") ;; OK again: 1
