;; A schema over which a host that knew all of JSON Schema would think for years.
(data (i32.const 512) "{\22type\22:\22object\22,\22properties\22:{\22a\22:{\22pattern\22:\22^(a+)+$\22}}}")
(data (i32.const 1024) "{\22a\22:\22aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\22}")
(func (export "timonel:rules/rule@0.1.0#describe") (result i32)
  (i32.store (i32.const 88) (i32.const 1024)) (i32.store (i32.const 92) (i32.const 47))  ;; example
  (i32.store (i32.const 96) (i32.const 512)) (i32.store (i32.const 100) (i32.const 58))  ;; schema
  (i32.const 64))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
