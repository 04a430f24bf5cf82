#include "storage/sample/names.hpp"

#include <array>

namespace tessera {

namespace {

constexpr std::string_view zulu_women[] = {"Nomvula",   "Thandeka",    "Nokuthula",  "Zanele",      "Nompumelelo",
                                           "Sibongile", "Ntombifuthi", "Nonhlanhla", "Lindiwe",     "Thembelihle",
                                           "Hlengiwe",  "Nobuhle",     "Busisiwe",   "Zinhle",      "Nosipho",
                                           "Phindile",  "Sindisiwe",   "Ayanda",     "Samkelisiwe", "Gugu"};
constexpr std::string_view zulu_men[] = {"Sipho",      "Bongani", "Sibusiso",  "Thulani",    "Mandla",
                                         "Nkosinathi", "Themba",  "Siyabonga", "Mthokozisi", "Sandile",
                                         "Lungelo",    "Mduduzi", "Jabulani",  "Bhekizizwe", "Zakhele",
                                         "Nhlanhla",   "Sanele",  "Vusumuzi",  "Musa",       "Lindani"};
constexpr std::string_view zulu_surnames[] = {
    "Dlamini", "Nkosi",     "Ndlovu",  "Khumalo", "Mkhize",    "Zulu",      "Cele",  "Mthembu",
    "Ngcobo",  "Buthelezi", "Zungu",   "Sithole", "Gumede",    "Ntuli",     "Shezi", "Mchunu",
    "Nxumalo", "Hadebe",    "Zwane",   "Mbatha",  "Majola",    "Hlongwane", "Nene",  "Biyela",
    "Myeni",   "Shabalala", "Mhlongo", "Xulu",    "kaMagwaza", "Ntshangase"};
constexpr std::string_view zulu_places[] = {"Siyaphambili", "Thuthukani",  "Inkanyezi",  "Vukuzakhe",
                                            "KwaMashu",     "Emthethweni", "Zamokuhle",  "Sizimele",
                                            "Qhubekani",    "Esikhawini",  "Phindulimi", "Mthwalume"};

constexpr std::string_view xhosa_women[] = {"Nomsa",     "Nontsikelelo", "Ntombizodwa", "Nokwazi",  "Noluthando",
                                            "Thandiswa", "Nomfundo",     "Lumka",       "Bulelwa",  "Nosiphiwo",
                                            "Zukiswa",   "Vuyokazi",     "Asanda",      "Babalwa",  "Nomonde",
                                            "Yolanda",   "Siphokazi",    "Khanyisa",    "Nandipha", "Ntombekhaya"};
constexpr std::string_view xhosa_men[] = {"Thabo",       "Luyanda",  "Lwazi",     "Mzwandile", "Xolani",
                                          "Siyamthanda", "Vuyisile", "Loyiso",    "Ayabonga",  "Mncedisi",
                                          "Zolani",      "Bulelani", "Phakamile", "Unathi",    "Lukhanyo",
                                          "Mthetho",     "Sizwe",    "Andile",    "Qhawe",     "Akhona"};
constexpr std::string_view xhosa_surnames[] = {"Magadla",  "Mjoli",     "Ndungane", "Mkhonza", "Ntshinga", "Nqaba",
                                               "Ngxabani", "Gqirana",   "Mabija",   "Dyantyi", "Mvimbi",   "Bangani",
                                               "Qwabe",    "Tyhali",    "Nkohla",   "Magwa",   "Xhanti",   "Mahlathi",
                                               "Makalima", "Faku",      "Gcabashe", "Mqhayi",  "Mpofu",    "Nonkonyana",
                                               "Ngxola",   "Matanzima", "Sontonga", "Sigcau",  "Nkonki",   "Mnyanda"};
constexpr std::string_view xhosa_places[] = {"Masiphumelele", "Nomzamo", "Khanyisa",    "Vulindlela",
                                             "Nkqubela",      "Ilinge",  "Luzuko",      "Mzomhle",
                                             "Sinethemba",    "Gcobani", "Zwelethemba", "Makukhanye"};

constexpr std::string_view sotho_women[] = {
    "Lerato",    "Palesa",  "Dineo", "Puleng", "Mpho",   "Tšepiso", "Refilwe", "Limpho",   "Nthabiseng", "Keneuoe",
    "Matšeliso", "Mamello", "Mosa",  "Lineo",  "Teboho", "Pontšo",  "Ntšiuoa", "Makhotso", "Relebohile", "Bohlokoa"};
constexpr std::string_view sotho_men[] = {
    "Tšepo",  "Thabiso",  "Lehlohonolo",   "Teboho",  "Tumelo", "Mohau",  "Katleho",  "Neo",      "Thabang", "Pitso",
    "Tšehlo", "Motlatsi", "Retšelisitsoe", "Sechaba", "Molefi", "Khotso", "Moeketsi", "Lebohang", "Pule",    "Tšeliso"};
constexpr std::string_view sotho_surnames[] = {
    "Mokoena", "Mofokeng", "Motaung", "Molefe",   "Moloi",     "Mosia",    "Radebe",  "Tshabalala",
    "Nhlapo",  "Mokhethi", "Tšehla",  "Mohapi",   "Leeuw",     "Lebona",   "Sehloho", "Moshoeshoe",
    "Letsie",  "Khumalo",  "Mphuthi", "Tšolo",    "Motloung",  "Lekgetho", "Mothibi", "Phoofolo",
    "Mpeko",   "Rantšo",   "Seleke",  "Makhetha", "Matšaneng", "Mokhele"};
constexpr std::string_view sotho_places[] = {"Tšebo ya Bokamoso", "Thabong",         "Lekhalong",  "Reseketse",
                                             "Bohlokong",         "Katleho",         "Phehellang", "Kgotso",
                                             "Tšepo Thembeni",    "Thuto ke Lesedi", "Mangaung",   "Mohlodi"};

constexpr std::string_view tswana_women[] = {"Kefilwe",     "Boitumelo",  "Tebogo",    "Keabetswe", "Onalenna",
                                             "Gaone",       "Masego",     "Lorato",    "Naledi",    "Oratile",
                                             "Tshegofatso", "Kelebogile", "Bonolo",    "Gofaone",   "Mmapula",
                                             "Reabetswe",   "Lesego",     "Goitseone", "Basetsana", "Kgômotsô"};
constexpr std::string_view tswana_men[] = {"Kagiso",    "Tshepo",    "Kabelo", "Mothusi",    "Oupa",
                                           "Thabo",     "Itumeleng", "Otsile", "Kgosi",      "Letlhogonolo",
                                           "Olebogeng", "Tiro",      "Motheo", "Gaolathe",   "Aobakwe",
                                           "Modise",    "Thuso",     "Pule",   "Keorapetse", "Mosimanegape"};
constexpr std::string_view tswana_surnames[] = {
    "Modise",    "Motlhabane", "Molefe",    "Mogale",    "Moiloa",    "Sebego",   "Kgosana", "Tlhapi",
    "Seakamela", "Montsho",    "Mokgosi",   "Matlhako",  "Mothibedi", "Gaborone", "Letlape", "Phiri",
    "Molusi",    "Rapoo",      "Motshwane", "Ditshwene", "Segopolo",  "Moeng",    "Leburu",  "Kgositsile",
    "Mosweu",    "Molamu",     "Tau",       "Setlhabi",  "Sebôgôdi",  "Mmolawa"};
constexpr std::string_view tswana_places[] = {"Kgololosego", "Boitshoko", "Tshwaraganang", "Thuto Boswa",
                                              "Mmabatho",    "Lesedi",    "Reatlegile",    "Kopanelo",
                                              "Tlhabane",    "Bakgatla",  "Boitekong",     "Ntsu"};

constexpr std::string_view pedi_women[] = {"Lesêgô",   "Mošibudi",  "Kgaugelo", "Mmathapelo",   "Tšhegofatšo",
                                           "Raesibe",  "Mahlatse",  "Makoma",   "Lebogang",     "Pheladi",
                                           "Hlengani", "Ramokone",  "Mapula",   "Ngwanamohuba", "Dikeledi",
                                           "Morongwa", "Matlakala", "Mokgadi",  "Khutšo",       "Phuti"};
constexpr std::string_view pedi_men[] = {
    "Thapelo",  "Lešiba", "Phuti",    "Matome",    "Lesetja", "Kgabo",  "Malose",    "Mošima",  "Tšhepo",   "Sello",
    "Maropeng", "Ngoako", "Hlabirwa", "Kgothatšo", "Mahlodi", "Tebogo", "Madimetja", "Phaahla", "Letšatši", "Tlou"};
constexpr std::string_view pedi_surnames[] = {
    "Mashabela", "Mašilo",   "Mokgalapa", "Mphahlele",  "Ledwaba",  "Sekhukhune", "Motšhekga", "Makgatho",
    "Phasha",    "Matlala",  "Moloto",    "Malatji",    "Mojapelo", "Ramoshaba",  "Thobejane", "Šebola",
    "Kgomo",     "Mamabolo", "Nkoana",    "Raphahlelo", "Seshoka",  "Molepo",     "Masemola",  "Rakgoale",
    "Monyela",   "Sefatšhe", "Mabitsela", "Letsoalo",   "Mohlala",  "Tšhabalala"};
constexpr std::string_view pedi_places[] = {"Tšwelopele",      "Bopedi",     "Mankweng",    "Ga-Mamabolo",
                                            "Kgakotlou",       "Pelotšhweu", "Lebowakgomo", "Mokopane",
                                            "Thuto ke Maatla", "Sekutupu",   "Moletši",     "Seshego"};

constexpr std::string_view venda_women[] = {"Rendani",       "Lufuno",     "Mashudu",   "Tshilidzi",    "Ḓakalo",
                                            "Takalani",      "Fhulufhelo", "Ndivhuwo",  "Khathutshelo", "Azwinndini",
                                            "Muofhe",        "Ṱhonifho",   "Livhuwani", "Konanani",     "Mulalo",
                                            "Phathutshedzo", "Humbulani",  "Rofhiwa",   "Vhuhwavho",    "Ṋaledzani"};
constexpr std::string_view venda_men[] = {"Ṱhilidzi",  "Mulalo",   "Rudzani",   "Ndivhudzannyi", "Tendani",
                                          "Avhashoni", "Thendo",   "Fhatuwani", "Azwihangwisi",  "Muṱali",
                                          "Mbulaheni", "Elelwani", "Shumani",   "Vhutshilo",     "Ṅwaṋeni",
                                          "Aluwani",   "Funanani", "Lutendo",   "Murendeni",     "Tshifhiwa"};
constexpr std::string_view venda_surnames[] = {
    "Muḽaudzi",  "Neṱshiṱenzhe", "Ramabulana",  "Ṋemakonde",  "Tshivhase",     "Mudau",
    "Nevhutalu", "Ṋetshifhefhe", "Mphaphuli",   "Rambau",     "Madzivhandila", "Neluvhalani",
    "Ṱhovhele",  "Makhado",      "Raphalalani", "Sinthumule", "Netshiongolwe", "Mukwevho",
    "Ravele",    "Maḓima",       "Ṅwaila",      "Ramavhoya",  "Siphugu",       "Tshikovhi",
    "Nemaḽili",  "Mutshinya",    "Masia",       "Ralushai",   "Mavhungu",      "Ligege"};
constexpr std::string_view venda_places[] = {"Tshivhase", "Mbilwi",    "Thohoyanḓou", "Dzindi",
                                             "Muṱale",    "Vhuḽaudzi", "Lwamondo",    "Tshakhuma",
                                             "Dimani",    "Ṋandoni",   "Phiphidi",    "Makwarela"};

constexpr std::string_view tsonga_women[] = {"Tintswalo", "Nkhensani", "Hlulani",     "Tsakani",   "Basani",
                                             "Nyiko",     "Rirhandzu", "Xihlamariso", "Khensani",  "Ntsakisi",
                                             "Vutlhari",  "Mihloti",   "Ntwanano",    "Amukelani", "Hlamalani",
                                             "Masingita", "Fanisa",    "Nhlalala",    "Rhulani",   "Kulani"};
constexpr std::string_view tsonga_men[] = {
    "Hlayisani", "Tiyani", "Vukosi", "Rhandzu", "Khazamula", "Risima", "Nyiko",   "Tsundzuka", "Mikateko",  "Wisani",
    "Matimba",   "Hasani", "Musa",   "Gezani",  "Nsuku",     "Akani",  "Xongile", "Ripfumelo", "Dzunisani", "Magezi"};
constexpr std::string_view tsonga_surnames[] = {
    "Maluleke",  "Chauke",    "Baloyi",  "Mabunda",  "Hlungwani",  "Shivambu", "Mathebula", "Ngobeni",
    "Makhubele", "Rikhotso",  "Khosa",   "Nkuna",    "Mabasa",     "Shirinda", "Mushwana",  "Ndlovu",
    "Manganyi",  "Chabalala", "Mhlongo", "Nwamitwa", "Nkuzana",    "Bila",     "Sambo",     "Maswanganyi",
    "Hlongwane", "Nxumalo",   "Mkansi",  "Mtileni",  "Tshabalala", "Valoyi"};
constexpr std::string_view tsonga_places[] = {"Giyani",     "Nkhensani",  "Xihlovo", "Nwamitwa",
                                              "Hluvukani",  "Malamulele", "Dzumeri", "Tivumbeni",
                                              "Hlanganani", "Risinga",    "Xigalo",  "Mavalani"};

constexpr std::string_view swati_women[] = {"Nomcebo",    "Temalangeni",   "Phumzile",  "Nontobeko", "Gcinile",
                                            "Lomalanga",  "Sibonginkhosi", "Nokwanda",  "Tengetile", "Lungile",
                                            "Nelisiwe",   "Fikile",        "Zodwa",     "Setsabile", "Lindelwa",
                                            "Nomathemba", "Bongiwe",       "Hlobisile", "Thobile",   "Ncamsile"};
constexpr std::string_view swati_men[] = {"Mfanafuthi", "Sifiso",        "Mancoba",   "Mlungisi", "Celumusa",
                                          "Wandile",    "Sicelo",        "Bhekumuzi", "Machawe",  "Sabelo",
                                          "Ncamiso",    "Mbongeni",      "Vusi",      "Themba",   "Lwazi",
                                          "Muzi",       "Nkosingiphile", "Senzo",     "Bandile",  "Sandziso"};
constexpr std::string_view swati_surnames[] = {"Nkosi",     "Dlamini",  "Mabuza",  "Shongwe",  "Simelane", "Mnisi",
                                               "Fakudze",   "Mamba",    "Sibiya",  "Magagula", "Nkambule", "Masuku",
                                               "Matsebula", "Tsabedze", "Hlophe",  "Mavuso",   "Gama",     "Lukhele",
                                               "Malaza",    "Motsa",    "Maseko",  "Zitha",    "Ngwenya",  "Khoza",
                                               "Silinda",   "Mkhabela", "Mashaba", "Nyundu",   "Shabangu", "Mthombo"};
constexpr std::string_view swati_places[] = {"Kabokweni", "Sitfokotile", "Lekazi",    "Phatfwa",
                                             "Mjokwane",  "KaNyamazane", "Lugebhuta", "Mgwenya",
                                             "Sibonelo",  "Tonga",       "Mlondozi",  "Ekulindeni"};

constexpr std::string_view ndebele_women[] = {"Nomasonto", "Thulisile", "Sponono",  "Ntombana",     "Siphiwe",
                                              "Nomvuzo",   "Gugu",      "Khethiwe", "Ntombizanele", "Lindi",
                                              "Sesi",      "Nozipho",   "Esther",   "Busi",         "Phikisile",
                                              "Betty",     "Maria",     "Thoko",    "Nomthandazo",  "Zandile"};
constexpr std::string_view ndebele_men[] = {
    "Jabu",  "Mabhoko", "Mayitjha", "Petrus",   "Nhlapho", "Bhuti",     "Sibusiso", "Themba", "Msebenzi", "Vusimuzi",
    "Solly", "Jan",     "Klaas",    "Sponyani", "Mandla",  "Kleinbooi", "Mthunzi",  "Sabata", "Nkosana",  "Bangilizwe"};
constexpr std::string_view ndebele_surnames[] = {
    "Mahlangu", "Skosana",  "Masilela", "Mabena",  "Mnguni",    "Mthimunye", "Ndala",    "Sibanyoni",
    "Jiyane",   "Masango",  "Ntuli",    "Msiza",   "Kabini",    "Mtsweni",   "Nkabinde", "Skhosana",
    "Mabuza",   "Mashiane", "Tjiane",   "Mbonani", "Mthombeni", "Bhuda",     "Aphane",   "Mokwena",
    "Motau",    "Ngoma",    "Sindane",  "Zitha",   "Magagula",  "Nduli"};
constexpr std::string_view ndebele_places[] = {"KwaMhlanga", "Siyabuswa",    "Mayitjha",      "Sovetjheza",
                                               "Vezubuhle",  "Tweefontein",  "Kwaggafontein", "Ndzundza",
                                               "Mabhoko",    "Hlalanikahle", "Libangeni",     "Sizani"};

constexpr std::string_view afrikaans_women[] = {
    "Annemarie", "Elsabé", "Marietjie", "Hester",  "Chanté", "Zoë",     "Mariëtte", "Liezel", "Anél",  "Sonja",
    "Riana",     "Ilse",   "Adèle",     "Héloïse", "Renée",  "Johanna", "Susanna",  "Corné",  "Danél", "Magdalena"};
constexpr std::string_view afrikaans_men[] = {"Johannes", "Pieter", "Hendrik",   "Jacobus",    "Gerhardus",
                                              "Francois", "Daniël", "Stephanus", "André",      "Willem",
                                              "Michaël",  "Dirk",   "Riaan",     "Christiaan", "Hannes",
                                              "Gideon",   "Schalk", "Petrus",    "Barend",     "François"};
constexpr std::string_view afrikaans_surnames[] = {"Botha",
                                                   "van der Merwe",
                                                   "du Plessis",
                                                   "Venter",
                                                   "Janse van Rensburg",
                                                   "Pretorius",
                                                   "Coetzee",
                                                   "Nel",
                                                   "Fourie",
                                                   "van Wyk",
                                                   "Steyn",
                                                   "Kruger",
                                                   "de Villiers",
                                                   "Swanepoel",
                                                   "van Niekerk",
                                                   "Le Roux",
                                                   "Joubert",
                                                   "Viljoen",
                                                   "Erasmus",
                                                   "van Zyl",
                                                   "Engelbrecht",
                                                   "Müller",
                                                   "Labuschagné",
                                                   "Nortjé",
                                                   "Grové",
                                                   "Lötter",
                                                   "Terre'Blanche",
                                                   "van den Heever",
                                                   "de Klerk",
                                                   "Buÿs",
                                                   "Prins van der Westhuizen",
                                                   "Strydom"};
constexpr std::string_view afrikaans_places[] = {"Voortrekker", "Oranje",  "Môreson",        "Die Vlakte",
                                                 "Suikerbos",   "Eikehof", "Môrester",       "Skoonuitsig",
                                                 "Rûens",       "Bergsig", "Vêr-in-die-Weg", "Wolwefontein"};

constexpr std::string_view english_women[] = {
    "Sarah", "Nicole", "Megan",   "Kim",   "Jennifer", "Candice",   "Tarryn",  "Bronwyn", "Michelle", "Lauren",
    "Chloë", "Robyn",  "Gillian", "Wendy", "Shannon",  "Catherine", "Lynette", "Roxanne", "Zoë",      "Loïs"};
constexpr std::string_view english_men[] = {"Michael", "David", "Grant",  "Craig",   "Sean",  "Warren", "Brendan",
                                            "Ryan",    "Neil",  "Trevor", "Bradley", "Dean",  "Keith",  "Gareth",
                                            "Russell", "Clive", "Gavin",  "Kevin",   "Shaun", "Wesley"};
constexpr std::string_view english_surnames[] = {
    "Smith",    "Williams",  "Brown",    "Jones",     "Wilson",     "Taylor",     "Adams",  "Davids",
    "Thompson", "Robertson", "Campbell", "MacKenzie", "O'Connor",   "Fraser",     "Murray", "Henderson",
    "Harrison", "Baker",     "Bailey",   "Gordon",    "Stewart",    "Walker",     "Wright", "Hughes",
    "Carter",   "Edwards",   "St John",  "Clarke",    "D'Oliveira", "Fitzpatrick"};
constexpr std::string_view english_places[] = {"St Andrew's", "Trinity",   "Victoria",  "Kingsway",
                                               "Parkview",    "Riverside", "Westering", "Northlands",
                                               "Hillcrest",   "Fairmount", "Greenside", "St Mary's"};

constexpr std::string_view indian_women[] = {
    "Priya", "Kavitha",       "Nirvana", "Shanthi", "Anusha",  "Roshni", "Yashika", "Fathima", "Ayesha",   "Sarita",
    "Devi",  "Thilagavathie", "Nisha",   "Kamala",  "Vanisha", "Zainub", "Rekha",   "Pravina", "Saloshni", "Kerusha"};
constexpr std::string_view indian_men[] = {"Ravi",   "Kumaran", "Suresh", "Vishnu",  "Prakash",   "Naresh",  "Ashwin",
                                           "Yusuf",  "Imraan",  "Rajesh", "Dhevan",  "Kubendran", "Ahmed",   "Logan",
                                           "Sagren", "Thavan",  "Pravin", "Mahomed", "Ishaan",    "Krishnan"};
constexpr std::string_view indian_surnames[] = {
    "Naidoo",    "Pillay",  "Govender", "Moodley",  "Reddy",       "Singh",   "Maharaj",      "Naicker",
    "Chetty",    "Khan",    "Patel",    "Essop",    "Padayachee",  "Perumal", "Ramsamy",      "Gounden",
    "Mahomed",   "Vather",  "Moosa",    "Kajee",    "Bhana",       "Desai",   "Dhlomo-Singh", "Ramlakan",
    "Sewpersad", "Munsamy", "Rajah",    "Lutchman", "Soobramoney", "Ebrahim"};
constexpr std::string_view indian_places[] = {"Chatsworth", "Phoenix",  "Shri Vishnu",     "Verulam",
                                              "Gandhi",     "Isipingo", "Arena Park",      "Tongaat",
                                              "Stanmore",   "Luxmi",    "Reservoir Hills", "Shallcross"};

constexpr std::string_view cape_malay_women[] = {"Shamielah",  "Faldiela", "Nazeema",   "Rugayah",  "Gadija",
                                                 "Zaitoon",    "Mymoena",  "Charmaine", "Lucinda",  "Chantell",
                                                 "Bernadette", "Shireen",  "Tasneem",   "Washiela", "Fadwah",
                                                 "Amiena",     "Berenice", "Soraya",    "Zubeida",  "Galiema"};
constexpr std::string_view cape_malay_men[] = {
    "Igshaan", "Faizel",  "Moegamat",  "Shafiek", "Riefaat", "Achmat", "Abduraghmaan", "Ebrahiem", "Nazeem",  "Ashwin",
    "Clinton", "Ricardo", "Llewellyn", "Mogamat", "Tauriq",  "Yaseen", "Gasant",       "Zunaid",   "Rashied", "Marlon"};
constexpr std::string_view cape_malay_surnames[] = {
    "Davids",    "Jacobs",    "Abrahams", "Hendricks",  "Isaacs",   "Adams",   "Petersen",  "Cupido",
    "September", "Samsodien", "Salie",    "Gamieldien", "Arendse",  "Fortuin", "Moosa",     "Booysen",
    "Slamdien",  "Solomons",  "Parker",   "Toefy",      "Williams", "Daniels", "Februarie", "Kafaar",
    "Rhoda",     "Allie",     "Bardien",  "Manuel",     "April",    "Titus"};
constexpr std::string_view cape_malay_places[] = {"Bo-Kaap",         "Athlone",     "Schotsche Kloof", "Manenberg",
                                                  "Hanover Park",    "Bonteheuwel", "Rylands",         "Surrey Estate",
                                                  "Mitchells Plain", "Lentegeur",   "Belhar",          "Heideveld"};

// In the order of the enum.
constexpr std::array<sample_names, sample_language_count> all_names = {{
    {zulu_women, zulu_men, zulu_surnames, zulu_places},
    {xhosa_women, xhosa_men, xhosa_surnames, xhosa_places},
    {sotho_women, sotho_men, sotho_surnames, sotho_places},
    {tswana_women, tswana_men, tswana_surnames, tswana_places},
    {pedi_women, pedi_men, pedi_surnames, pedi_places},
    {venda_women, venda_men, venda_surnames, venda_places},
    {tsonga_women, tsonga_men, tsonga_surnames, tsonga_places},
    {swati_women, swati_men, swati_surnames, swati_places},
    {ndebele_women, ndebele_men, ndebele_surnames, ndebele_places},
    {afrikaans_women, afrikaans_men, afrikaans_surnames, afrikaans_places},
    {english_women, english_men, english_surnames, english_places},
    {indian_women, indian_men, indian_surnames, indian_places},
    {cape_malay_women, cape_malay_men, cape_malay_surnames, cape_malay_places},
}};

constexpr language_share ec[] = {{sample_language::xhosa, 82},  {sample_language::afrikaans, 8},
                                 {sample_language::english, 5}, {sample_language::sotho, 3},
                                 {sample_language::zulu, 1},    {sample_language::indian, 1}};
constexpr language_share fs[] = {{sample_language::sotho, 71}, {sample_language::afrikaans, 11},
                                 {sample_language::xhosa, 6},  {sample_language::tswana, 6},
                                 {sample_language::zulu, 4},   {sample_language::english, 2}};
constexpr language_share gp[] = {
    {sample_language::zulu, 24},   {sample_language::sotho, 13},  {sample_language::pedi, 13},
    {sample_language::tswana, 10}, {sample_language::english, 9}, {sample_language::afrikaans, 8},
    {sample_language::tsonga, 7},  {sample_language::xhosa, 7},   {sample_language::ndebele, 3},
    {sample_language::venda, 3},   {sample_language::indian, 2},  {sample_language::swati, 1}};
constexpr language_share kzn[] = {{sample_language::zulu, 80},     {sample_language::indian, 9},
                                  {sample_language::english, 5},   {sample_language::xhosa, 3},
                                  {sample_language::afrikaans, 2}, {sample_language::sotho, 1}};
constexpr language_share lp[] = {{sample_language::pedi, 56},   {sample_language::venda, 18},
                                 {sample_language::tsonga, 18}, {sample_language::afrikaans, 3},
                                 {sample_language::tswana, 2},  {sample_language::ndebele, 1},
                                 {sample_language::zulu, 1},    {sample_language::english, 1}};
constexpr language_share mp[] = {{sample_language::swati, 30},    {sample_language::zulu, 28},
                                 {sample_language::tsonga, 11},   {sample_language::pedi, 11},
                                 {sample_language::ndebele, 10},  {sample_language::sotho, 4},
                                 {sample_language::afrikaans, 4}, {sample_language::english, 2}};
constexpr language_share nc[] = {{sample_language::afrikaans, 52}, {sample_language::tswana, 35},
                                 {sample_language::xhosa, 5},      {sample_language::english, 3},
                                 {sample_language::cape_malay, 3}, {sample_language::sotho, 2}};
constexpr language_share nw[] = {{sample_language::tswana, 73}, {sample_language::xhosa, 6},
                                 {sample_language::sotho, 6},   {sample_language::afrikaans, 6},
                                 {sample_language::tsonga, 4},  {sample_language::pedi, 3},
                                 {sample_language::english, 1}, {sample_language::zulu, 1}};
constexpr language_share wc[] = {{sample_language::afrikaans, 34}, {sample_language::xhosa, 31},
                                 {sample_language::english, 19},   {sample_language::cape_malay, 13},
                                 {sample_language::indian, 2},     {sample_language::sotho, 1}};

struct province_languages {
  std::string_view province_code;
  std::span<const language_share> shares;
};

constexpr province_languages all_shares[] = {
    {"EC", ec}, {"FS", fs}, {"GP", gp}, {"KZN", kzn}, {"LP", lp}, {"MP", mp}, {"NC", nc}, {"NW", nw}, {"WC", wc},
};

constexpr bool adds_up(const province_languages& province) {
  unsigned sum = 0;
  for (const auto& share : province.shares)
    sum += share.percent;
  return sum == 100;
}
static_assert([] {
  for (const auto& province : all_shares)
    if (!adds_up(province))
      return false;
  return true;
}());

} // namespace

const sample_names& names_of(sample_language language) noexcept {
  return all_names[static_cast<std::size_t>(language)];
}

std::span<const language_share> languages_of(std::string_view province_code) noexcept {
  for (const auto& province : all_shares)
    if (province.province_code == province_code)
      return province.shares;
  return gp; // not reached: the table holds every province
}

} // namespace tessera
