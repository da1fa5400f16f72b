;; Says what its settings look like, and shows others.
(data (i32.const 512) "{\22type\22:\22object\22,\22properties\22:{\22limit\22:{\22type\22:\22integer\22,\22maximum\22:9}},\22additionalProperties\22:false}")
(data (i32.const 1024) "{\22limit\22:12}")
(func (export "timonel:rules/rule@0.1.0#describe") (result i32)
  (i32.store (i32.const 88) (i32.const 1024)) (i32.store (i32.const 92) (i32.const 12))  ;; example
  (i32.store (i32.const 96) (i32.const 512)) (i32.store (i32.const 100) (i32.const 100))  ;; schema
  (i32.const 64))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
