# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""What customers complain about in the goods themselves."""

from tuoshan.demo.catalogue import APPLIANCES, BAGS, CLOTHES, SHOES, SNACKS
from tuoshan.demo.topics import Topic

SOLE = Topic(
    "sole", "quality-durability", (SHOES,), 0, ("qa", "production"),
    (("material", "supplier"), ("workmanship", "supplier")), ("return_refund", "exchange", "compensation"),
    (
        "{product}穿了{days}天，右脚鞋底前掌就裂开一条大口子，一弯脚就能看见袜子。",
        "买的{product}，第{days}天走着走着鞋底整片掉下来，我是拎着鞋光脚走回家的，太丢人了。",
        "{product}鞋底和鞋面之间开胶，裂口有一指宽，雨天直接进水。",
        "我和我爱人一人一双{product}，两双都在鞋跟处断底，这肯定是一批货都有问题。",
        "{product}鞋底断了！不是开胶，是从中间断成两截，才穿了{days}天，上班都没法穿。",
        "给老人买的{product}，走平路鞋底打滑掉渣，差点摔倒，鞋底像饼干一样一碰就碎。",
        "{product}左脚鞋底脱胶，自己粘了一次，{days}天后又掉了，要求退货。",
        "周末爬了个小坡，{product}的鞋底就翘起来了，照片已经拍好，你们看看这像{price}块的鞋吗？",
        "在柜台试的时候好好的，穿了{days}天{product}两只鞋底都有裂纹，同事买的也一样。",
        "{product}鞋底发粘然后一块块掉，地板上全是黑渣，家里孩子还抓着玩，这材料安全吗？",
    ),
    (
        "抽检同批次 20 双，7 双前掌弯折 1 万次内出现裂纹，低于企业标准。",
        "鞋底为同一模号，硬度偏高、弯折性能不足，与供应商更换原料的时间吻合。",
        "胶水批次固化不足，剥离强度低于标准，同批次已有多起反馈。",
    ),
    "停售并召回该模号批次，要求供应商恢复原料配方并加做弯折抽检",
    gravity="middle", wishes=("退货退款。", "换一双没问题的。", "退款并赔偿误工。", "给个说法，别再卖这批货了。"), picture="sole",
)  # fmt: skip

GOODS = (
    SOLE,
    Topic(
        "shoes", "quality-workmanship", (SHOES,), 5, ("qa",), (("workmanship", "product"), ("use", "customer")),
        ("repair", "exchange", "explanation"),
        (
            "{product}两只鞋一只大一只小，穿着一边紧一边松，明显配错码了。",
            "{product}鞋面才穿{days}天就起皮，皮子一块块往下掉。",
            "新买的{product}，鞋帮缝线开了{n}厘米，里面的海绵都露出来了。",
            "{product}鞋垫掉色，把我白袜子染成了黄的，洗都洗不掉。",
            "{product}后跟一高一低，站着都歪，走久了脚踝疼。",
            "{product}拉链拉到一半就卡死，硬拉两次拉头掉了。",
        ),
        ("实物检验：缝线针距不匀，收尾未回针，属出厂瑕疵。", "鞋面有明显硬物刮痕，未见材料缺陷，已向客户展示照片说明。"),
        "在出厂检验中加看左右对称与收线", wishes=("免费修好。", "换一双。", "退款。"), picture="shoe",
    ),
    Topic(
        "bags", "quality-durability", (BAGS,), 4, ("qa",), (("material", "supplier"), ("workmanship", "product")),
        ("repair", "exchange", "refund"),
        (
            "{product}的背带扣用了{days}天就断了，里面电脑摔在地上，屏幕裂了。",
            "{product}拉链齿错位，拉上了中间还是敞着的。",
            "{product}轮子少了一个，出差路上拖着走，声音大得整个站台都看我。",
            "{product}内衬全是线头，口袋底部直接漏了，钥匙从里面掉出去找了半天。",
            "{product}味道特别大，开窗晾了{n}天还是呛人。",
        ),
        ("背带扣注塑有气泡，受力即断，同批次抽检发现 2 件。", "拉链供应商换批，齿距不合格。"),
        "背带扣改用加厚件，来料加做拉力抽检", wishes=("退款。", "换新的。", "赔偿维修费用。"), picture="bag",
    ),
    Topic(
        "appliance", "quality-fault", (APPLIANCES,), 9, ("technical", "qa"),
        (("material", "supplier"), ("workmanship", "product"), ("none_found", "none"), ("use", "customer")),
        ("repair", "exchange", "return_refund", "explanation"),
        (
            "{product}用了{days}天就不通电，换了插座也没反应。",
            "{product}底部漏水，桌面泡坏了一块，擦都擦不干。",
            "{product}声音大得像拖拉机，开着根本没法睡觉，说好的静音呢？",
            "{product}加热到一半自己停，重新按要等十分钟，一顿饭做了两个小时。",
            "{product}按键失灵，按“开”没反应，过一会儿又自己启动，吓人一跳。",
            "{product}充满电只能用{n}分钟，页面上写的是四十分钟。",
            "{product}显示屏一直闪，数字缺一截，看不清温度。",
            "{product}塑料味特别重，煮了{n}遍白醋水还是有味道，不敢用。",
            "{product}盖子合不严，蒸汽全从缝里跑，说明书上的办法都试过了。",
        ),
        ("拆机检测：电源板焊点虚焊，属制造问题。", "送修通电测试 4 小时未复现，功能正常，已教客户正确操作。", "密封圈装反，重新装配后无泄漏。"),
        "通电老化测试由 2 小时延长到 4 小时", wishes=("换一台新的。", "退货退款。", "尽快修好，家里等着用。"), picture="appliance",
    ),
    Topic(
        "danger", "quality-safety", (APPLIANCES,), 2.2, ("technical", "qa"),
        (("material", "supplier"), ("design", "product")), ("return_refund", "compensation", "apology"),
        (
            "{product}插上电冒火花，插头都烧黑了！家里有孩子，太危险了！",
            "{product}用着用着有烧焦味，底座烫手，赶紧拔了电源，再晚一点就着火了。",
            "{product}玻璃内胆突然炸裂，热水溅到手上起了泡，已经去医院处理。",
            "{product}漏电，手碰到外壳麻了一下，用试电笔一测会亮。",
            "半夜{product}自己启动，早上起来机身发烫变形，这要是没人在家怎么办？",
        ),
        ("电源线压线槽有毛刺，绝缘层被割破导致短路，存在批量风险。", "温控器失效未断电，保护回路设计余量不足。"),
        "封存在库批次并加装双重温控，已售出的主动联系客户", gravity="high",
        wishes=("退货退款并赔偿医药费。", "必须给出书面说明，否则向主管部门反映。", "立即处理，别再有人受伤。"), picture="burn",
    ),
    Topic(
        "clothes", "quality-workmanship", (CLOTHES,), 7, ("qa",),
        (("material", "supplier"), ("workmanship", "product"), ("use", "customer")),
        ("return_refund", "exchange", "explanation", "compensation"),
        (
            "{product}按洗标手洗了一次，袖子缩了一大截，孩子都穿不下。",
            "{product}严重掉色，一盆水全是颜色，把别的衣服也染了。",
            "{product}穿了{days}天起球起得像毛毡，袖口尤其厉害。",
            "{product}跑绒，贴身穿的衣服上全是白毛，掸都掸不掉。",
            "{product}扣子掉了{n}颗，没有备用扣，线头一拉就散。",
            "{product}两个袖子颜色不一样，太阳底下特别明显。",
            "{product}裤线歪到前面来了，左右腿还不一样长。",
            "{product}后背有一块油渍，吊牌还没拆就发现了，这是别人退过的货吧？",
        ),
        ("水洗尺寸变化率超标 3 个百分点，属面料预缩不足。", "按洗标复测未见异常，衣物有高温烘干痕迹，已向客户说明。", "同批面料染色牢度 2 级，低于 3 级要求。"),
        "面料入厂加做水洗与色牢度测试", wishes=("退货退款。", "换一件同款。", "赔偿被染的衣服。"), picture="clothes",
    ),
    Topic(
        "snacks", "quality-spoiled", (SNACKS,), 5, ("qa", "logistics"),
        (("transport", "carrier"), ("workmanship", "supplier"), ("process", "store")),
        ("refund", "compensation", "apology"),
        (
            "{product}打开一股哈喇味，吃了两颗就吐出来了，离保质期还有三个月呢。",
            "{product}里吃出一根头发，长长的一根，照片为证。",
            "{product}包装鼓得像气球，里面的东西都发霉长毛了。",
            "买的{product}已经过期{n}天，店员说没注意，这能没注意？",
            "{product}里有一小块硬塑料，硌到牙了，孩子差点咽下去。",
            "{product}碎成渣，没有一块完整的，送人都拿不出手。",
            "{product}袋口没封严，到手就潮了，软塌塌的。",
        ),
        ("留样检测过氧化值合格，问题件外箱有高温暴晒痕迹，为运输途中受热。", "封口机温度偏低，当班 300 包封口不严，已追回。", "门店临期品未按规定下架，核实属实。"),
        "封口温度改为在线监测，临期商品系统自动提醒下架", gravity="middle",
        wishes=("按规定赔偿。", "退款并道歉。", "希望你们彻查，别人也可能吃到。"), picture="snack",
    ),
    Topic(
        "fake", "quality-counterfeit", (SHOES, BAGS, CLOTHES), 1.2, ("production", "qa"),
        (("information", "process"), ("none_found", "none")), ("explanation", "return_refund"),
        (
            "{product}的吊牌字体和店里的不一样，扫码也查不到，怀疑是假货。",
            "网上买的{product}和专柜的做工差太多，缝线歪歪扭扭，是不是假的？",
            "{product}没有合格证，鞋盒上的货号和鞋子上的对不上，要求说明来源。",
        ),
        ("核对进货单与防伪码，商品来源合法；新旧版吊牌并存造成误会。", "包装车间混放鞋盒，货号不符，商品本身为正品。"),
        "商品页说明新旧吊牌，包装工位加货号核对", gravity="middle", wishes=("说明来源，是假的就按假一赔三。", "退货退款。"), picture="label",
    ),
)  # fmt: skip
